#include "codecs/worker/worker_loop.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <thread>

#include "base/file_descriptor.h"
#include "base/line_channel.h"

namespace tokprep {
namespace {

/// Ends the process as soon as the other end of stdin is gone, whatever the main thread is doing.
void watch_parent() {
  std::thread([] {
    pollfd parent{STDIN_FILENO, 0, 0};  // no events asked for: hang-up is always told
    while (::poll(&parent, 1, -1) <= 0 || (parent.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0) {
    }
    ::_exit(0);
  }).detach();
}

/// The answers' descriptor; stdout itself becomes stderr, so that no library can break into the lines.
FileDescriptor take_stdout() {
  FileDescriptor answers(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return answers;
}

Result<Json> carry_out(const std::map<std::string, JobHandler>& handlers, const Json& message, const RunContext& run) {
  try {
    const auto handler = handlers.find(message.value("job", ""));
    if (handler == handlers.end()) {
      return fail(ErrorCode::kInternal, "this worker knows no job '" + message.value("job", "") + "'");
    }
    return handler->second(message.value("request", Json::object()), run);
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, std::string("unexpected: ") + error.what());
  }
}

}  // namespace

int run_worker(const std::map<std::string, JobHandler>& handlers) {
  std::signal(SIGPIPE, SIG_IGN);
  const FileDescriptor answers = take_stdout();
  watch_parent();
  LineChannel channel(STDIN_FILENO, answers.get());
  while (true) {
    const auto message = channel.receive();
    if (!message || !*message) return 0;
    const Json id = (*message)->value("id", Json());
    RunContext run;
    run.progress = [&](const Progress& progress) {
      (void)channel.send({{"id", id}, {"progress", {{"stage", progress.stage}, {"done", progress.done}}}});
    };
    const Result<Json> result = carry_out(handlers, **message, run);
    const Status sent =
        channel.send(result ? Json{{"id", id}, {"result", *result}} : Json{{"id", id}, {"error", result.error()}});
    if (!sent) return 0;
  }
}

}  // namespace tokprep
