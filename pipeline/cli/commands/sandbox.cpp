#include "upload/sandbox/sandbox.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <utility>

#include "pipeline/cli/commands/commands.h"
#include "pipeline/ledger.h"

namespace tokprep::cli {
namespace {

/// Judges uploaded files with the same rules as everything else. Requests come from several threads, and workers
/// serve one at a time.
class MediaInspector {
 public:
  MediaInspector(const Rules& rules, std::stop_token stop) : rules_(rules), workers_(options_of(rules)) {
    run_.stop = std::move(stop);
  }

  Inspection operator()(const std::filesystem::path& file) {
    const std::lock_guard lock(mutex_);
    const auto info = workers_.probe(file, run_);
    Inspection seen;
    if (!info) {
      seen.refusal = info.error().message;
      return seen;
    }
    seen.kind = info->kind == MediaKind::kVideo ? Inspection::Kind::kVideo : Inspection::Kind::kImage;
    for (const Finding& finding : check(*info, rules_)) {
      // Private metadata is our care alone; TikTok takes it.
      if (finding.severity != Severity::kMust || finding.rule == "metadata.private") continue;
      seen.refusal = finding.message;
      break;
    }
    return seen;
  }

 private:
  static WorkerOptions options_of(const Rules& rules) {
    WorkerOptions options;
    options.still_limits = still_limits(rules);
    return options;
  }

  const Rules& rules_;
  RunContext run_;
  std::mutex mutex_;
  Workers workers_;
};

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, stop, [] { return false; });
}

}  // namespace

int run_sandbox(const SandboxCommand& command, Session& session) {
  MediaInspector inspector(session.rules, session.signals.token());
  SandboxConfig config;
  config.port = command.port;
  config.data_dir = command.data_dir.value_or(state_folder() / "sandbox");
  config.publish_delay = command.delay;
  config.inspect = [&](const std::filesystem::path& file) { return inspector(file); };
  const auto sandbox = Sandbox::start(config);
  if (!sandbox) return session.give_up(sandbox.error());
  const std::string url = (*sandbox)->api_url();
  const std::string key = (*sandbox)->api_key();
  session.out.data({{"type", "sandbox"}, {"api_url", url}, {"api_key", key}},
                   fmt::format("export TOKPREP_API_URL={}\nexport AYRSHARE_API_KEY={}", url, key));
  session.out.say(fmt::format("The sandbox runs until it is stopped (Ctrl-C); it keeps what it is given in {}",
                              config.data_dir.string()));
  wait_for(session.signals.token());
  (*sandbox)->stop();
  return session.end(exit_code(ErrorCode::kCancelled));
}

}  // namespace tokprep::cli
