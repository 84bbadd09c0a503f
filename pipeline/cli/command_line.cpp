#include "pipeline/cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/units.h"
#include "pipeline/cli/option_words.h"
#include "pipeline/cli/terminal_text.h"
#include "pipeline/cli/values.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> usage(std::string message) { return fail(ErrorCode::kInvalidArgument, std::move(message)); }

using VerbCommand = decltype(Command::verb);

/// What a verb is made of.
struct Parts {
  const Draft& draft;
  const std::vector<std::string>& operands;

  [[nodiscard]] Result<std::vector<fs::path>> paths(std::string_view verb, std::string_view what) const {
    if (operands.empty()) return usage(fmt::format("{} needs at least one {}", verb, what));
    std::vector<fs::path> all;
    for (const std::string& operand : operands) {
      if (operand.empty()) return usage(fmt::format("{}: an empty {} was given", verb, what));
      all.emplace_back(operand);
    }
    return all;
  }

  /// INPUT… or --manifest, which stands for all of them.
  [[nodiscard]] Result<std::vector<fs::path>> inputs(std::string_view verb) const {
    if (!draft.manifest) return paths(verb, "INPUT");
    if (!operands.empty()) return usage(fmt::format("{} takes INPUT or --manifest, not both", verb));
    if (draft.carousel) return usage("--carousel is for INPUT; a line of a manifest lists its images under 'media'");
    if (draft.cover) return usage("--thumbnail FILE is for INPUT; a line of a manifest names its own under 'cover'");
    return std::vector<fs::path>();
  }

  [[nodiscard]] Status no_operands(std::string_view verb, std::size_t most) const {
    if (operands.size() <= most) return {};
    return usage(fmt::format("{} does not know what to do with '{}'", verb, shown(operands[most])));
  }
};

Result<VerbCommand> probe_command(const Parts& parts) {
  TOKPREP_ASSIGN(auto files, parts.paths("probe", "FILE"));
  return ProbeCommand{std::move(files)};
}

Result<VerbCommand> prepare_command(const Parts& parts) {
  TOKPREP_ASSIGN(auto inputs, parts.inputs("prepare"));
  const Draft& draft = parts.draft;
  if (draft.flags.post.thumbnail_url) return usage("prepare takes a file as --thumbnail; a URL is for post");
  if (!draft.output && !draft.common.dry_run) return usage("prepare needs -o DIR, the folder for its results");
  return PrepareCommand{std::move(inputs), draft.output.value_or("."), draft.carousel, draft.cover, draft.manifest};
}

Result<VerbCommand> thumbnail_command(const Parts& parts) {
  TOKPREP_ASSIGN(auto files, parts.paths("thumbnail", "FILE"));
  TOKPREP_TRY(parts.no_operands("thumbnail", 1));
  const Draft& draft = parts.draft;
  if (draft.calendar.at) {
    return usage(
        fmt::format("--at takes a time in the video such as 1500 or 1.5s, not '{}'", shown(*draft.calendar.at)));
  }
  if (!draft.at && !draft.at_auto) return usage("thumbnail needs --at TIME, for example --at 1500, or --at auto");
  if (!draft.output) return usage("thumbnail needs -o FILE");
  const std::string extension = to_lower(draft.output->extension().string());
  if (extension != ".jpg" && extension != ".jpeg") {
    return usage(fmt::format("thumbnail writes a JPEG: the name after -o must end in .jpg, not be '{}'",
                             shown(draft.output->string())));
  }
  return ThumbnailCommand{std::move(files.front()), draft.at, *draft.output};
}

Result<VerbCommand> upload_command(const Parts& parts) {
  TOKPREP_ASSIGN(auto files, parts.paths("upload", "FILE"));
  return UploadCommand{std::move(files)};
}

Result<VerbCommand> post_command(const Parts& parts) {
  TOKPREP_ASSIGN(auto inputs, parts.inputs("post"));
  const Draft& draft = parts.draft;
  if (draft.cover && draft.flags.post.thumbnail_url) return usage("--thumbnail was given as a file and as a URL");
  if (draft.at || draft.at_auto) return usage("--at takes times of the day, for example --at 09:00,18:30");
  PostCommand command{std::move(inputs), draft.output, draft.carousel, draft.cover, draft.yes};
  command.over_cap = draft.over_cap.value_or(OverCap::kStop);
  command.calendar = draft.calendar;
  command.allow_duplicate_text = draft.allow_duplicate_text;
  command.manifest = draft.manifest;
  return command;
}

Result<VerbCommand> status_command(const Parts& parts) {
  const Draft& draft = parts.draft;
  if (draft.timeout && !draft.wait) return usage("--timeout says how long --wait waits; give --wait as well");
  StatusCommand command{parts.operands, draft.wait};
  if (draft.timeout) command.timeout = *draft.timeout;
  return command;
}

Result<VerbCommand> cancel_command(const Parts& parts) {
  if (parts.operands.empty()) return usage("cancel needs the id of at least one post; tokprep status lists them");
  if (std::ranges::find(parts.operands, "") != parts.operands.end()) return usage("cancel: an empty ID was given");
  return CancelCommand{parts.operands, parts.draft.yes};
}

Status only_one_key_source(const CommonOptions& common) {
  if (common.api_key_file && common.api_key_command) {
    return usage("--api-key-file and --api-key-command were both given");
  }
  if (common.profile_key_file && common.profile_key_command) {
    return usage("--profile-key-file and --profile-key-command were both given");
  }
  return {};
}

Result<VerbCommand> explain_command(const Parts& parts) {
  if (parts.operands.empty()) return usage("explain needs a post's id, an item, a code, a reason or the id of a rule");
  return ExplainCommand{parts.operands, parts.draft.item};
}

/// "2026-11-20", "2026-11-20T08:00:00Z", or how long ago: "36h".
Status take_since(const std::string& text, LedgerCommand& command) {
  command.since = from_iso8601(text.size() == std::string_view("2026-11-20").size() ? text + "T00:00:00Z" : text);
  if (command.since) return {};
  const auto ago = parse_duration(text);
  if (!ago)
    return usage(fmt::format("--since: '{}' is no time; 2026-11-20, 2026-11-20T08:00:00Z and 36h are", shown(text)));
  command.since_ago = *ago;
  return {};
}

Result<VerbCommand> ledger_command(const Parts& parts) {
  const Draft& draft = parts.draft;
  LedgerCommand command;
  command.item = draft.item;
  command.check = draft.check;
  if (draft.state) {
    auto state = parse_name<LedgerState>(*draft.state);
    if (!state) return usage("--state: " + state.error().message);
    command.state = *state;
  }
  if (draft.since) TOKPREP_TRY(take_since(*draft.since, command));
  if (parts.operands.empty()) return command;
  if (parts.operands.front() != "show") {
    return usage(
        fmt::format("ledger does not know what to do with '{}'; it is ledger show ID", shown(parts.operands[0])));
  }
  if (parts.operands.size() != 2) return usage("ledger show needs the id of one post, or an item's path");
  if (command.check || command.state || command.item || draft.since) {
    return usage("ledger show shows one post; --check, --state, --item and --since are for the whole ledger");
  }
  command.id = parts.operands[1];
  return command;
}

Result<VerbCommand> webhook_command(const Parts& parts) {
  TOKPREP_TRY(parts.no_operands("webhook", 0));
  const Draft& draft = parts.draft;
  if (draft.register_url && draft.unregister) return usage("--register and --unregister were both given");
  if (draft.common.dry_run) return usage("webhook receives; --dry-run leaves nothing of it");
  WebhookCommand command;
  command.port = draft.port.value_or(command.port);
  command.address = draft.bind.value_or(command.address);
  command.register_url = draft.register_url;
  command.unregister = draft.unregister;
  return command;
}

Result<VerbCommand> rules_command(const Parts& parts) {
  TOKPREP_TRY(parts.no_operands("rules", 1));
  RulesCommand command;
  if (!parts.operands.empty()) command.id = parts.operands.front();
  return command;
}

Result<VerbCommand> schema_command(const Parts& parts) {
  TOKPREP_TRY(parts.no_operands("schema", 1));
  SchemaCommand command;
  if (!parts.operands.empty()) command.name = parts.operands.front();
  return command;
}

Result<VerbCommand> sandbox_command(const Parts& parts) {
  TOKPREP_TRY(parts.no_operands("sandbox", 0));
  if (parts.draft.common.dry_run) return usage("sandbox serves requests; --dry-run leaves nothing of it");
  SandboxCommand command;
  command.port = parts.draft.port.value_or(command.port);
  command.data_dir = parts.draft.data_dir;
  command.delay = parts.draft.delay.value_or(command.delay);
  command.faults = parts.draft.faults;
  command.late = parts.draft.late;
  command.rate_limit = parts.draft.rate_limit;
  command.posts_per_minute = parts.draft.posts_per_minute;
  command.posts_per_day = parts.draft.posts_per_day;
  command.consent_days = parts.draft.consent_days;
  return command;
}

Result<VerbCommand> doctor_command(const Parts& parts) {
  TOKPREP_TRY(parts.no_operands("doctor", 0));
  if (parts.draft.online && parts.draft.common.dry_run)
    return usage("--online asks the service; --dry-run asks nobody");
  return DoctorCommand{parts.draft.online};
}

Error unattended_post() {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = "watch --post posts without asking, and a post cannot be undone";
  error.fix = "add --yes, or --dry-run to see what would be sent";
  return error;
}

Result<VerbCommand> watch_command(const Parts& parts) {
  TOKPREP_ASSIGN(auto folders, parts.paths("watch", "DIR"));
  TOKPREP_TRY(parts.no_operands("watch", 1));
  const Draft& draft = parts.draft;
  if (!draft.output) return usage("watch needs -o DIR, the folder for its results");
  if (draft.common.dry_run && !draft.once) return usage("watch --dry-run would say the same for ever; add --once");
  if (draft.at || draft.at_auto) return usage("--at takes times of the day, for example --at 09:00,18:30");
  if (draft.post && !draft.yes && !draft.common.dry_run) return fail(unattended_post());
  WatchCommand command;
  command.folder = std::move(folders.front());
  command.output_dir = *draft.output;
  command.post = draft.post;
  command.once = draft.once;
  command.settle_time = draft.settle.value_or(command.settle_time);
  command.poll = draft.poll;
  command.over_cap = draft.over_cap.value_or(command.over_cap);
  command.calendar = draft.calendar;
  command.allow_duplicate_text = draft.allow_duplicate_text;
  return command;
}

Result<VerbCommand> command_of(Verb verb, const Parts& parts) {
  switch (verb) {
    case Verb::kProbe:
      return probe_command(parts);
    case Verb::kPrepare:
      return prepare_command(parts);
    case Verb::kThumbnail:
      return thumbnail_command(parts);
    case Verb::kUpload:
      return upload_command(parts);
    case Verb::kPost:
      return post_command(parts);
    case Verb::kStatus:
      return status_command(parts);
    case Verb::kCancel:
      return cancel_command(parts);
    case Verb::kExplain:
      return explain_command(parts);
    case Verb::kLedger:
      return ledger_command(parts);
    case Verb::kWebhook:
      return webhook_command(parts);
    case Verb::kRules:
      return rules_command(parts);
    case Verb::kSchema:
      return schema_command(parts);
    case Verb::kSandbox:
      return sandbox_command(parts);
    case Verb::kDoctor:
      return doctor_command(parts);
    case Verb::kWatch:
      return watch_command(parts);
  }
  return fail(ErrorCode::kInternal, "a command without a parser");
}

Result<Command> understand(const Words& words) {
  Draft draft;
  for (const Words::Given& given : words.options) {
    if (Status set = given.option->set(draft, given.value); !set) {
      return usage(fmt::format("{}: {}", given.option->name, shown(set.error().message)));
    }
  }
  TOKPREP_TRY(only_one_key_source(draft.common));
  TOKPREP_ASSIGN(VerbCommand verb, command_of(*words.verb, {draft, words.operands}));
  // The frame that becomes the cover is told to the service as well.
  if (draft.flags.convert.thumbnail_offset_ms && *words.verb == Verb::kPost) {
    draft.flags.post.thumbnail_offset_ms = draft.flags.convert.thumbnail_offset_ms;
  }
  return Command{std::move(draft.common), std::move(draft.flags), std::move(verb)};
}

/// The verb of a line that could not be understood, for the pointer to its help.
std::string pointer_to_help(std::span<const std::string> arguments) {
  for (const std::string& word : arguments) {
    if (enum_from<Verb>(word)) return fmt::format("see tokprep {} --help", word);
  }
  return "see tokprep --help";
}

Result<Command> parse_words(std::span<const std::string> arguments) {
  TOKPREP_ASSIGN(const Words words, read_words(arguments));
  if (words.help) return Command{{}, {}, HelpCommand{words.verb}};
  if (words.version) return Command{{}, {}, VersionCommand{}};
  if (!words.verb) return usage(fmt::format("say what to do: {}", fmt::join(names_of<Verb>(), ", ")));
  return understand(words);
}

}  // namespace

Result<Command> parse(std::span<const std::string> arguments) {
  auto command = parse_words(arguments);
  if (!command && command.error().fix.empty()) command.error().fix = pointer_to_help(arguments);
  return command;
}

}  // namespace tokprep::cli
