#include "tests/support/run_process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

extern char** environ;

namespace tokprep::test {
namespace {

std::vector<std::string> environment_of(const ProcessSettings& settings) {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string_view text(*line);
    const std::string name(text.substr(0, text.find('=')));
    const bool ours = name.starts_with("TOKPREP_") || name.starts_with("AYRSHARE_") || name.starts_with("XDG_");
    if (!ours && !settings.environment.contains(name)) lines.emplace_back(text);
  }
  for (const auto& [name, value] : settings.environment) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Between fork and exec only calls that are safe there; 127 says that something of it failed.
[[noreturn]] void become(const ProcessSettings& settings, int out, int err, char* const* arguments,
                         char* const* environment) {
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  if (settings.folder && ::chdir(settings.folder->c_str()) != 0) ::_exit(127);
  if (settings.run_as) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(*settings.run_as) != 0 || ::setuid(*settings.run_as) != 0) {
      ::_exit(127);
    }
  }
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

}  // namespace

RunningProcess::RunningProcess(const std::vector<std::string>& command, const ProcessSettings& settings)
    : settings_(settings) {
  std::vector<std::string> arguments = command;
  std::vector<std::string> environment = environment_of(settings);
  const auto argument_pointers = pointers_to(arguments);
  const auto environment_pointers = pointers_to(environment);
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) return;
  pid_ = ::fork();
  if (pid_ == 0) become(settings_, out[1], err[1], argument_pointers.data(), environment_pointers.data());
  out_ = FileDescriptor(out[0]);
  err_ = FileDescriptor(err[0]);
  ::close(out[1]);
  ::close(err[1]);
}

RunningProcess::~RunningProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

/// False once both streams have ended or the deadline has passed.
bool RunningProcess::read_some(std::chrono::steady_clock::time_point deadline) {
  std::array<pollfd, 2> streams{pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0}};
  if (!out_.valid() && !err_.valid()) return false;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  const int ready = left.count() > 0 ? ::poll(streams.data(), streams.size(), static_cast<int>(left.count())) : 0;
  if (ready < 0 && errno == EINTR) return true;
  if (ready <= 0) return false;
  for (const auto& stream : streams) {
    if (stream.revents == 0) continue;
    std::array<char, 65536> buffer{};
    const auto got = ::read(stream.fd, buffer.data(), buffer.size());
    const bool is_out = stream.fd == out_.get();
    if (got > 0) (is_out ? result_.out : result_.err).append(buffer.data(), static_cast<std::size_t>(got));
    else (is_out ? out_ : err_).reset();
  }
  return true;
}

std::string RunningProcess::next_line(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (result_.out.find('\n') == std::string::npos) {
    if (!read_some(deadline)) return "";
  }
  const std::size_t end = result_.out.find('\n');
  std::string line = result_.out.substr(0, end);
  result_.out.erase(0, end + 1);
  return line;
}

void RunningProcess::send_signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

ProcessResult RunningProcess::wait() {
  const auto deadline = std::chrono::steady_clock::now() + settings_.timeout;
  while (read_some(deadline)) {
  }
  if (pid_ <= 0) return result_;
  result_.timed_out = out_.valid() || err_.valid();
  if (result_.timed_out) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  result_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return result_;
}

ProcessResult run_process(const std::vector<std::string>& command, const ProcessSettings& settings) {
  return RunningProcess(command, settings).wait();
}

}  // namespace tokprep::test
