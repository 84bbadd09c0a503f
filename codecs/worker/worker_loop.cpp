#include "codecs/worker/worker_loop.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/handed_files.h"
#include "base/line_channel.h"
#include "codecs/worker/cage_probe.h"
#include "codecs/worker/enter_cage.h"

namespace tokprep {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Codecs report as often as they like; nobody looks more often than this.
constexpr std::chrono::milliseconds kProgressEvery{50};

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

/// What came with the line, each under the path that it stands for.
Result<std::vector<HandedFiles::Entry>> files_of(const Json& message, std::vector<FileDescriptor> descriptors) {
  TOKPREP_ASSIGN(const auto paths, parse_as<std::vector<std::string>>(message.value("files", Json::array()), "files"));
  if (paths.size() != descriptors.size()) return fail(ErrorCode::kInternal, "not every file of the job arrived");
  std::vector<HandedFiles::Entry> files;
  for (std::size_t i = 0; i < paths.size(); ++i) files.push_back({paths[i], std::move(descriptors[i])});
  return files;
}

Result<Json> carry_out_with_files(const std::map<std::string, JobHandler>& handlers, const Json& message,
                                  std::vector<FileDescriptor> descriptors, const RunContext& run) {
  TOKPREP_ASSIGN(std::vector<HandedFiles::Entry> files, files_of(message, std::move(descriptors)));
  const HandedFiles handed(std::move(files));
  return carry_out(handlers, message, run);
}

}  // namespace

int run_worker(int argc, char** argv, std::map<std::string, JobHandler> handlers) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto options = cage_options_of(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!options) {
    std::fprintf(stderr, "%s: %s\n", argv[0], options.error().message.c_str());
    return 2;
  }
  const FileDescriptor answers = take_stdout();
  handlers.emplace("escape", handler_of(try_to_escape));
  const CageReport cage = enter_cage(*options);
  watch_parent();
  LineChannel channel(STDIN_FILENO, answers.get());
  if (!channel.send({{"hello", cage}})) return 0;
  while (true) {
    const auto message = channel.receive();
    if (!message || !*message) return 0;
    const Json id = (*message)->value("id", Json());
    RunContext run;
    run.progress = [&, last = Progress{}, said_at = SteadyTime{}](const Progress& progress) mutable {
      const SteadyTime now = std::chrono::steady_clock::now();
      const bool says_much = progress.stage != last.stage || (progress.done >= 1.0 && last.done < 1.0);
      if (!says_much && now - said_at < kProgressEvery) return;
      last = progress;
      said_at = now;
      (void)channel.send({{"id", id}, {"progress", {{"stage", progress.stage}, {"done", progress.done}}}});
    };
    const Result<Json> result = carry_out_with_files(handlers, **message, channel.take_files(), run);
    const Status sent =
        channel.send(result ? Json{{"id", id}, {"result", *result}} : Json{{"id", id}, {"error", result.error()}});
    if (!sent) return 0;
  }
}

}  // namespace tokprep
