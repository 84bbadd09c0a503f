#include "pipeline/cli/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "base/version.h"
#include "pipeline/cli/command_line.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/help.h"
#include "pipeline/cli/json_sink.h"
#include "pipeline/cli/run_record.h"
#include "pipeline/cli/streams.h"
#include "pipeline/cli/terminal_text.h"
#include "pipeline/cli/text_sink.h"

namespace tokprep::cli {
namespace {

int refuse(Stream& err, const Error& error) {
  err.write(fmt::format("tokprep: {}\n", shown(describe(error))));
  if (!error.fix.empty()) err.write(fmt::format("{}\n", shown(error.fix)));
  return exit_code(error.code);
}

bool wants_no_colour() {
  const char* value = std::getenv("NO_COLOR");
  return value != nullptr && *value != '\0';
}

/// A terminal that can move its cursor, and somebody who wants to know.
bool can_show_progress(const Command& command, const Stream& err) {
  const char* kind = std::getenv("TERM");
  return err.is_terminal() && !command.common.quiet && kind != nullptr && *kind != '\0' &&
         std::string_view(kind) != "dumb";
}

TextStyle style_of(const Command& command, const Stream& out, const Stream& err) {
  TextStyle style;
  style.quiet = command.common.quiet;
  style.verbose = command.common.verbose;
  style.colour = out.is_terminal() && err.is_terminal() && !wants_no_colour();
  style.urls_only = std::holds_alternative<UploadCommand>(command.verb);
  return style;
}

/// The verb's function for its struct; help and version were answered before.
struct Dispatch {
  Session& session;

  int operator()(const HelpCommand&) const { return 0; }
  int operator()(const VersionCommand&) const { return 0; }
  int operator()(const ProbeCommand& command) const { return run_probe(command, session); }
  int operator()(const PrepareCommand& command) const { return run_prepare(command, session); }
  int operator()(const ThumbnailCommand& command) const { return run_thumbnail(command, session); }
  int operator()(const UploadCommand& command) const { return run_upload(command, session); }
  int operator()(const PostCommand& command) const { return run_post(command, session); }
  int operator()(const CancelCommand& command) const { return run_cancel(command, session); }
  int operator()(const StatusCommand& command) const { return run_status(command, session); }
  int operator()(const ExplainCommand& command) const { return run_explain(command, session); }
  int operator()(const LedgerCommand& command) const { return run_ledger(command, session); }
  int operator()(const WebhookCommand& command) const { return run_webhook(command, session); }
  int operator()(const RulesCommand& command) const { return run_rules(command, session); }
  int operator()(const SchemaCommand& command) const { return run_schema(command, session); }
  int operator()(const SandboxCommand& command) const { return run_sandbox(command, session); }
  int operator()(const WatchCommand& command) const { return run_watch(command, session); }
  int operator()(const DoctorCommand& command) const { return run_doctor(command, session); }
};

int run_command(const Command& command, std::span<const std::string> arguments, Stream& out, Stream& err) {
  auto settings = load_settings(command, process_environment());
  if (!settings) return refuse(err, settings.error());
  auto keys = take_keys(command, *settings);
  if (!keys) return refuse(err, keys.error());
  auto rules = load_rules(*settings);
  if (!rules) return refuse(err, rules.error());

  const StopOnSignal signals;
  out.give_up_after(signals.token());
  err.give_up_after(signals.token());
  const Writer to_out = [&](std::string_view text) { out.write(text); };
  const Writer to_err = [&](std::string_view text) { err.write(text); };
  StopOnSignal::Guard suspending;
  std::unique_ptr<Output> output;
  if (command.common.json) {
    output = std::make_unique<JsonSink>(to_out, !command.common.quiet);
  } else {
    auto sink = std::make_unique<TextSink>(to_out, to_err, style_of(command, out, err));
    if (can_show_progress(command, err)) {
      sink->show_progress([&] { return err.size(); }, signals.token());
      suspending = signals.on_suspend([it = sink.get()] { it->put_away(); }, [it = sink.get()] { it->bring_back(); });
    }
    output = std::move(sink);
  }
  std::unique_ptr<RunRecord> record;
  if (command.common.log || command.common.trace) {
    auto opened = RunRecord::open({command.common.log, command.common.log_level, command.common.trace}, *output);
    if (!opened) return refuse(err, opened.error());
    record = std::move(*opened);
    record->note(LogLevel::kInfo, "",
                 fmt::format("tokprep {}, rules {}: {}", kVersion, rules_version(*rules), shown_arguments(arguments)));
  }
  Output& results = record ? *record : *output;
  Session session{command.common, std::move(*settings), std::move(*rules), std::move(*keys), results,
                  signals,        record.get()};
  const int code = std::visit(Dispatch{session}, command.verb);
  suspending.reset();  // before the output it speaks to
  // Results that a stop kept from being read: the run was stopped, whatever it came to.
  const bool is_unread = !out.status() && signals.token().stop_requested();
  return is_unread ? signals.exit_code(exit_code(ErrorCode::kCancelled)) : code;
}

}  // namespace

int run_program(std::span<const std::string> arguments) {
  Stream out(STDOUT_FILENO);
  Stream err(STDERR_FILENO);
  const auto command = parse(arguments);
  if (!command) return refuse(err, command.error());
  int code = 0;
  if (const auto* help = std::get_if<HelpCommand>(&command->verb)) out.write(help_text(help->verb));
  else if (std::holds_alternative<VersionCommand>(command->verb)) out.write(version_text());
  else code = run_command(*command, arguments, out, err);
  // Results that nobody could read are not "all done".
  if (const Status written = out.status(); !written && code == 0) return refuse(err, written.error());
  return code;
}

}  // namespace tokprep::cli
