#include "pipeline/cli/worker_settings.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/units.h"
#include "pipeline/cli/options_table.h"
#include "pipeline/cli/values.h"

namespace tokprep::cli {
namespace {

constexpr std::uint64_t kLeastMemoryBytes = 64'000'000;  // below it no worker gets its libraries loaded

Status set_cage(WorkerSettings& settings, std::string_view text) {
  TOKPREP_ASSIGN(settings.cage, parse_name<CageMode>(text));
  return {};
}

Status set_memory(WorkerSettings& settings, std::string_view text) {
  TOKPREP_ASSIGN(const std::uint64_t bytes, parse_size_bytes(text));
  if (bytes < kLeastMemoryBytes) return fail(ErrorCode::kInvalidArgument, "a worker takes 64MB at the very least");
  settings.memory_bytes = bytes;
  return {};
}

Status set_output(WorkerSettings& settings, std::string_view text) {
  TOKPREP_ASSIGN(const std::uint64_t bytes, parse_size_bytes(text));
  if (bytes == 0) return fail(ErrorCode::kInvalidArgument, "nothing could be written");
  settings.output_bytes = bytes;
  return {};
}

Result<std::chrono::milliseconds> parse_time(std::string_view text) {
  TOKPREP_ASSIGN(const auto time, parse_duration(text));
  if (time.count() <= 0) return fail(ErrorCode::kInvalidArgument, "no time would be left");
  return time;
}

Status set_time(WorkerSettings& settings, std::string_view text) {
  TOKPREP_ASSIGN(settings.time, parse_time(text));
  return {};
}

Status set_cpu_time(WorkerSettings& settings, std::string_view text) {
  TOKPREP_ASSIGN(settings.cpu_time, parse_time(text));
  return {};
}

constexpr std::array kFields = {
    WorkerField{"cage", "require|prefer|off",
                "decoders are locked in: or nothing runs, where the kernel can, not at all (prefer)", set_cage},
    WorkerField{"worker_memory", "SIZE", "the most one worker may hold (4GiB; stills: 2GiB above their own limit)",
                set_memory},
    WorkerField{"worker_output", "SIZE", "the most it may write into one file (8GiB)", set_output},
    WorkerField{"worker_time", "TIME", "the most one job may take (1h, or 100 times the video)", set_time},
    WorkerField{"worker_cpu_time", "TIME", "the same, of the processors' time", set_cpu_time},
};

template <class T>
std::optional<T> first_of(const std::optional<T>& stronger, const std::optional<T>& weaker) {
  return stronger ? stronger : weaker;
}

}  // namespace

std::span<const WorkerField> worker_fields() { return kFields; }

WorkerSettings merged(const WorkerSettings& stronger, const WorkerSettings& weaker) {
  return {first_of(stronger.cage, weaker.cage), first_of(stronger.memory_bytes, weaker.memory_bytes),
          first_of(stronger.output_bytes, weaker.output_bytes), first_of(stronger.time, weaker.time),
          first_of(stronger.cpu_time, weaker.cpu_time)};
}

std::vector<OptionSpec> worker_options_table() {
  std::vector<OptionSpec> options;
  for (const WorkerField& field : worker_fields()) {
    std::string name = "--" + std::string(field.key);
    std::ranges::replace(name, '_', '-');
    options.push_back(
        {name,
         0,
         std::string(field.value),
         std::string(field.help),
         OptionGroup::kCommon,
         {Verb::kProbe, Verb::kPrepare, Verb::kThumbnail, Verb::kUpload, Verb::kPost, Verb::kSandbox, Verb::kDoctor},
         [&field](Draft& draft, std::string_view text) { return field.set(draft.flags.worker, text); }});
  }
  return options;
}

}  // namespace tokprep::cli
