#include "upload/sandbox/sandbox.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <utility>

#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/media_inspector.h"
#include "pipeline/ledger.h"

namespace tokprep::cli {
namespace {

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, stop, [] { return false; });
}

SandboxConfig config_of(const SandboxCommand& command) {
  SandboxConfig config;
  config.port = command.port;
  config.data_dir = command.data_dir.value_or(state_folder() / "sandbox");
  config.publish_delay = command.delay;
  config.pre_check = !command.late;
  config.faults_file = command.faults.value_or("");
  config.calls_per_window = command.rate_limit.value_or(config.calls_per_window);
  config.tiktok_posts_per_minute = command.posts_per_minute.value_or(config.tiktok_posts_per_minute);
  config.tiktok_posts_per_day = command.posts_per_day.value_or(config.tiktok_posts_per_day);
  if (command.consent_days) config.tiktok_consent = std::chrono::days(*command.consent_days);
  return config;
}

}  // namespace

int run_sandbox(const SandboxCommand& command, Session& session) {
  MediaInspector inspector(session.rules, session.worker_options(), command.late, session.signals.token());
  SandboxConfig config = config_of(command);
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
