#include "pipeline/cli/options_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "pipeline/cli/option_setters.h"
#include "pipeline/cli/post_settings.h"
#include "pipeline/cli/service_options.h"
#include "pipeline/cli/values.h"
#include "pipeline/cli/watch_options.h"
#include "pipeline/cli/worker_settings.h"
#include "upload/url.h"

namespace tokprep::cli {
namespace {

using Path = std::filesystem::path;
using Verbs = std::vector<Verb>;

Status set_thumbnail(Draft& draft, std::string_view text) {
  if (text.empty()) return fail(ErrorCode::kInvalidArgument, "it is empty");
  const std::string scheme = scheme_of(text);
  if (scheme == "http" || scheme == "https") draft.flags.post.thumbnail_url = std::string(text);
  else draft.cover = Path(std::string(text));
  return {};
}

/// Two verbs share the name: thumbnail's is a time in the video, post's are times of the day, which have a colon.
Status set_at(Draft& draft, std::string_view text) {
  draft.at_auto = text == "auto";
  draft.at.reset();
  draft.calendar.at.reset();
  if (draft.at_auto) return {};
  if (text.find(':') != std::string_view::npos) {
    draft.calendar.at = std::string(text);
    return {};
  }
  TOKPREP_ASSIGN(const std::int64_t time_ms, parse_ms(text));
  draft.at = std::chrono::milliseconds(time_ms);
  return {};
}

std::vector<OptionSpec> own_options() {
  const Verbs writers = {Verb::kPrepare, Verb::kPost, Verb::kThumbnail, Verb::kWatch};
  const Verbs posters = {Verb::kPost, Verb::kWatch};
  const Verbs items = {Verb::kPrepare, Verb::kPost};
  constexpr auto kOwn = OptionGroup::kOwn;
  return {
      {"--output", 'o', "PATH", "where the result goes: a folder; for thumbnail a file", kOwn, writers,
       to_text<Path>([](Draft & d) -> auto& { return d.output; })},
      {"--at",
       0,
       "TIME|auto",
       "which frame: the one shown at this time; auto: a good one is looked for. post: times of the day at which posts "
       "go out, 09:00,18:30 Europe/Berlin",
       kOwn,
       {Verb::kThumbnail, Verb::kPost, Verb::kWatch},
       set_at},
      {"--every", 0, "TIME", "one post each time this has passed (6h)", kOwn, posters,
       to_text<std::string>([](Draft & d) -> auto& { return d.calendar.every; })},
      {"--from", 0, "TIME", "when --every or --at begins: 2026-12-24 18:00 Europe/Berlin (now)", kOwn, posters,
       to_text<std::string>([](Draft & d) -> auto& { return d.calendar.from; })},
      {"--over-cap", 0, "schedule|wait|stop",
       "posts beyond the 15 of 24 h: give them dates, wait, or stop (stop; watch: schedule)", kOwn, posters,
       [](Draft& draft, std::string_view text) -> Status {
         TOKPREP_ASSIGN(draft.over_cap, parse_name<OverCap>(text));
         return {};
       }},
      {"--allow-duplicate-text", 0, "", "send a text that went out within 48 h; the service may refuse it", kOwn,
       posters, to_switch([](Draft & d) -> auto& { return d.allow_duplicate_text; })},
      {"--carousel", 0, "", "the images given are one post, in this order", kOwn, items,
       to_switch([](Draft & d) -> auto& { return d.carousel; })},
      {"--manifest", 0, "FILE", "the items, one a line: JSON lines or CSV; -: stdin", kOwn, items,
       to_text<Path>([](Draft & d) -> auto& { return d.manifest; })},
      {"--thumbnail", 0, "FILE|URL", "the video's cover image (prepare: a file)", kOwn, items, set_thumbnail},
      {"--yes", 'y', "", "do it without asking", kOwn, {Verb::kPost, Verb::kWatch, Verb::kCancel}, to_switch([
       ](Draft & d) -> auto& { return d.yes; })},
      {"--wait", 0, "", "ask again until every post is settled", kOwn, {Verb::kStatus}, to_switch([
       ](Draft & d) -> auto& { return d.wait; })},
      {"--timeout", 0, "TIME", "how long --wait waits (10min)", kOwn, {Verb::kStatus}, to_time([](Draft & d) -> auto& {
         return d.timeout;
       })},
      {"--port",
       0,
       "N",
       "where it listens; 0: any free one (0)",
       kOwn,
       {Verb::kSandbox, Verb::kWebhook},
       to_whole(
           [](Draft & d) -> auto& { return d.port; }, 0, 65535)},
      {"--data", 0, "DIR", "where it keeps what it is given", kOwn, {Verb::kSandbox}, to_text<Path>([
       ](Draft & d) -> auto& { return d.data_dir; })},
      {"--delay", 0, "TIME", "how long a post stays pending (2s)", kOwn, {Verb::kSandbox}, to_time([
       ](Draft & d) -> auto& { return d.delay; })},
  };
}

std::vector<OptionSpec> conversion_options() {
  std::vector<OptionSpec> options;
  for (const ConvertField& field : convert_fields()) {
    std::string name = "--" + std::string(field.key);
    std::ranges::replace(name, '_', '-');
    options.push_back({name,
                       0,
                       std::string(field.value),
                       std::string(field.help),
                       OptionGroup::kConversion,
                       {Verb::kProbe, Verb::kPrepare, Verb::kPost, Verb::kWatch},
                       [&field](Draft& draft, std::string_view text) { return field.set(draft.flags.convert, text); }});
  }
  return options;
}

std::vector<OptionSpec> post_options() {
  std::vector<OptionSpec> options;
  for (const PostField* field : shared_post_fields()) {
    options.push_back({std::string(field->flag),
                       0,
                       value_of(*field),
                       std::string(help_of(*field)),
                       OptionGroup::kPost,
                       {Verb::kPost, Verb::kWatch},
                       [field](Draft& draft, std::string_view text) { return set(draft.flags.post, *field, text); }});
  }
  options.push_back({"--validate",
                     0,
                     "",
                     std::string(kValidateHelp),
                     OptionGroup::kPost,
                     {Verb::kPost, Verb::kWatch},
                     [](Draft& draft, std::string_view text) -> Status {
                       TOKPREP_ASSIGN(draft.flags.validate, parse_bool(text));
                       return {};
                     }});
  return options;
}

std::vector<OptionSpec> common_options() {
  constexpr auto kCommon = OptionGroup::kCommon;
  return {
      {"--json", 0, "", "JSON lines on stdout, nothing else", kCommon, {}, to_switch([](Draft & d) -> auto& {
         return d.common.json;
       })},
      {"--jobs",
       'j',
       "auto|N",
       "items at the same time (auto: one a core, if memory allows)",
       kCommon,
       {},
       [](Draft& draft, std::string_view text) -> Status {
         TOKPREP_ASSIGN(draft.flags.jobs, parse_jobs(text));
         return {};
       }},
      {"--dry-run", 'n', "", "say what would be done; no request, no write", kCommon, {}, to_switch([
       ](Draft & d) -> auto& { return d.common.dry_run; })},
      {"--quiet", 'q', "", "say nothing but errors; with --json, no progress", kCommon, {}, to_switch([
       ](Draft & d) -> auto& { return d.common.quiet; })},
      {"--verbose", 'v', "", "say more", kCommon, {}, to_switch([](Draft & d) -> auto& { return d.common.verbose; })},
      {"--force", 0, "", "prepare or upload again what stands already; never posts twice", kCommon, {}, to_switch([
       ](Draft & d) -> auto& { return d.common.force; })},
      {"--overwrite",
       0,
       "",
       "replace files that are in the way of outputs, made by tokprep or not; never a source",
       kCommon,
       {Verb::kPrepare, Verb::kPost, Verb::kWatch},
       to_switch([](Draft & d) -> auto& { return d.common.overwrite; })},
      {"--config", 0, "FILE", "instead of $XDG_CONFIG_HOME/tokprep/config.toml", kCommon, {}, to_text<Path>([
       ](Draft & d) -> auto& { return d.common.config; })},
      {"--rules", 0, "FILE", "JSON that replaces limits: {\"video.duration_max\": 300}", kCommon, {}, to_text<Path>([
       ](Draft & d) -> auto& { return d.flags.rules; })},
      {"--api-url", 0, "URL", "the service (https://api.ayrshare.com/api)", kCommon, {}, to_text<std::string>([
       ](Draft & d) -> auto& { return d.flags.api_url; })},
      {"--api-key-file", 0, "FILE", "holds the API key", kCommon, {}, to_text<Path>([](Draft & d) -> auto& {
         return d.common.api_key_file;
       })},
      {"--profile-key-file", 0, "FILE", "holds the profile key", kCommon, {}, to_text<Path>([](Draft & d) -> auto& {
         return d.common.profile_key_file;
       })},
  };
}

std::vector<OptionSpec> make_table() {
  std::vector<OptionSpec> table;
  for (auto part : {own_options, watch_options, service_verb_options, conversion_options, post_options, common_options,
                    worker_options_table, record_options, transport_options}) {
    std::ranges::move(part(), std::back_inserter(table));
  }
  return table;
}

}  // namespace

bool OptionSpec::is_for(Verb verb) const { return verbs.empty() || std::ranges::find(verbs, verb) != verbs.end(); }

const std::vector<OptionSpec>& option_table() {
  static const std::vector<OptionSpec> table = make_table();
  return table;
}

}  // namespace tokprep::cli
