#include "pipeline/cli/watch_options.h"

#include <filesystem>

#include "pipeline/cli/option_setters.h"

namespace tokprep::cli {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kLeastPollMs = 100;

Status set_poll(Draft& draft, std::string_view text) {
  TOKPREP_ASSIGN(const std::int64_t time_ms, parse_ms(text));
  if (time_ms < kLeastPollMs) return fail(ErrorCode::kInvalidArgument, "look no more often than every 100ms");
  draft.poll = std::chrono::milliseconds(time_ms);
  return {};
}

}  // namespace

std::vector<OptionSpec> watch_options() {
  constexpr auto kOwn = OptionGroup::kOwn;
  const std::vector<Verb> watch = {Verb::kWatch};
  return {
      {"--post", 0, "", "post what was prepared; needs --yes", kOwn, watch,
       to_switch([](Draft & d) -> auto& { return d.post; })},
      {"--settle", 0, "TIME", "how long a file has to be left alone (2s)", kOwn, watch,
       to_time([](Draft & d) -> auto& { return d.settle; })},
      {"--poll", 0, "TIME", "look this often, where the system tells nothing (5s)", kOwn, watch, set_poll},
      {"--once", 0, "", "do what is there, and end", kOwn, watch, to_switch([](Draft & d) -> auto& { return d.once; })},
  };
}

std::vector<OptionSpec> record_options() {
  constexpr auto kCommon = OptionGroup::kCommon;
  return {
      {"--log", 0, "FILE", "add what is done, line by line, to this file", kCommon, {}, to_text<Path>([
       ](Draft & d) -> auto& { return d.common.log; })},
      {"--log-level",
       0,
       "error|warn|info|debug",
       "how much of it (info)",
       kCommon,
       {},
       [](Draft& draft, std::string_view text) -> Status {
         TOKPREP_ASSIGN(draft.common.log_level, parse_name<LogLevel>(text));
         return {};
       }},
      {"--trace", 0, "FILE", "write when each stage ran, for ui.perfetto.dev", kCommon, {}, to_text<Path>([
       ](Draft & d) -> auto& { return d.common.trace; })},
  };
}

}  // namespace tokprep::cli
