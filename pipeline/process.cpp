#include "pipeline/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/sanitized.h"

namespace tokprep {
namespace {

// All a worker may know of our surroundings. Keys and service addresses are not on the list, and nothing is by default.
constexpr std::array<const char*, 7> kPassedOn = {"PATH",          "LANG",         "LC_ALL",         "ASAN_OPTIONS",
                                                  "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH"};
// How long a child that was told to end may take before it is killed.
constexpr std::chrono::milliseconds kGrace{500};
// How long a write to a child waits. A job's line fits into the socket whole, so that one that works never is waited
// for.
constexpr timeval kSendPatience{5, 0};

std::vector<std::string> small_environment(const std::filesystem::path& scratch) {
  std::vector<std::string> lines;
  const auto pass_on = [&](const char* name) {
    if (const char* value = std::getenv(name)) lines.push_back(fmt::format("{}={}", name, value));
  };
  for (const char* name : kPassedOn) pass_on(name);
  if (scratch.empty()) {
    pass_on("TMPDIR");
    return lines;
  }
  for (const char* name : {"TMPDIR", "HOME"}) lines.push_back(fmt::format("{}={}", name, scratch.string()));
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct SpawnSettings {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnSettings(int child_stdin, int child_stdout, const std::filesystem::path& child_stderr) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child_stdin, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child_stdout, STDOUT_FILENO);
    if (!kSanitized) {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, child_stderr.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
    }
    // Sockets, the ledger, whatever a library opened without a thought: nothing else of ours is in a child's reach.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

Result<std::pair<FileDescriptor, FileDescriptor>> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kIo, fmt::format("cannot make a pipe: {}", std::strerror(errno)), errno);
  }
  return std::pair(FileDescriptor(ends[0]), FileDescriptor(ends[1]));
}

/// The child's end first, then ours, which waits for a child that takes nothing no longer than a while.
Result<std::pair<FileDescriptor, FileDescriptor>> make_socket() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::kIo, fmt::format("cannot make a socket: {}", std::strerror(errno)), errno);
  }
  ::setsockopt(ends[1], SOL_SOCKET, SO_SNDTIMEO, &kSendPatience, sizeof(kSendPatience));
  return std::pair(FileDescriptor(ends[0]), FileDescriptor(ends[1]));
}

ProcessEnd end_of(int status) {
  if (WIFSIGNALED(status)) return {WTERMSIG(status), 0};
  return {0, WEXITSTATUS(status)};
}

}  // namespace

ChildProcess::ChildProcess(pid_t pid, FileDescriptor to_child, FileDescriptor from_child)
    : pid_(pid), stdin_(std::move(to_child)), stdout_(std::move(from_child)) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), stdin_(std::move(other.stdin_)), stdout_(std::move(other.stdout_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(stdin_, other.stdin_);
  std::swap(stdout_, other.stdout_);
  return *this;
}

ChildProcess::~ChildProcess() {
  kill();
  end();
}

std::string ProcessEnd::text() const {
  return signal != 0 ? fmt::format("signal {} ({})", signal, ::strsignal(signal))
                     : fmt::format("exit code {}", exit_code);
}

Result<ChildProcess> ChildProcess::start(const std::filesystem::path& program,
                                         const std::vector<std::string>& arguments,
                                         const std::filesystem::path& scratch) {
  TOKPREP_ASSIGN(auto input, make_socket());
  TOKPREP_ASSIGN(auto output, make_pipe());
  const SpawnSettings settings(input.first.get(), output.second.get(),
                               scratch.empty() ? "/dev/null" : scratch / kStderrName);
  const std::string name = program.string();
  std::vector<std::string> words = {name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = small_environment(scratch);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, name.c_str(), &settings.actions, &settings.attributes,
                                  pointers_to(words).data(), pointers_to(environment).data());
  if (error != 0) {
    return fail(ErrorCode::kInternal, fmt::format("cannot start the worker program {}: {}", name, std::strerror(error)),
                error);
  }
  return ChildProcess(pid, std::move(input.second), std::move(output.first));
}

void ChildProcess::kill() noexcept {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

ProcessEnd ChildProcess::end() {
  if (pid_ <= 0) return {};
  stdin_.reset();
  int status = 0;
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  pid_ = -1;
  return end_of(status);
}

}  // namespace tokprep
