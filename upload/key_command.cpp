#include "upload/key_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"
#include "upload/secret.h"

namespace tokprep {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kOutputMaxBytes = 4096;
constexpr std::chrono::milliseconds kLookEvery{5};

tl::unexpected<Error> unusable(const KeyCommand& command, std::string_view why, int native = 0) {
  Error error;
  error.code = ErrorCode::kAuth;
  error.message = fmt::format("{}: the command {}", command.named_by, why);
  error.native = native;
  error.fix = "run the command by hand: its first line of output has to be the key";
  return fail(std::move(error));
}

/// Our environment without what is about the service: another key, or the file of one.
std::vector<char*> environment_without_keys() {
  std::vector<char*> kept;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("AYRSHARE_")) kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

/// The settings of posix_spawn, freed together.
struct SpawnSettings {
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

/// A running `sh -c`; whatever of its group is left when this goes is killed.
class Shell {
 public:
  Shell() = default;
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;
  ~Shell() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  /// 0, or the error number.
  int start(const std::string& command, int output) {
    SpawnSettings settings;
    ::posix_spawn_file_actions_addopen(&settings.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&settings.files, output, STDOUT_FILENO);
    sigset_t none;
    sigset_t defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);  // we ignore it, a shell pipeline must not
    ::posix_spawnattr_setsigmask(&settings.attributes, &none);
    ::posix_spawnattr_setsigdefault(&settings.attributes, &defaults);
    ::posix_spawnattr_setpgroup(&settings.attributes, 0);
    ::posix_spawnattr_setflags(&settings.attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string shell = "sh";
    std::string option = "-c";
    std::string text = command;
    std::array<char*, 4> arguments = {shell.data(), option.data(), text.data(), nullptr};
    auto environment = environment_without_keys();
    return ::posix_spawn(&pid_, "/bin/sh", &settings.files, &settings.attributes, arguments.data(), environment.data());
  }

  /// Waits for its end; false where it is not there by `deadline`.
  bool ended_by(SteadyClock::time_point deadline, int& status) {
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
      if (SteadyClock::now() >= deadline) return false;
      std::this_thread::sleep_for(kLookEvery);
    }
    pid_ = -1;
    return true;
  }

 private:
  pid_t pid_ = -1;
};

enum class Reading { kEnd, kTooMuch, kTooLate, kFailed };

/// Appends what comes out of `fd` up to its end.
Reading read_all(int fd, SteadyClock::time_point deadline, std::string& text) {
  std::array<char, kOutputMaxBytes> chunk{};
  text.reserve(2 * kOutputMaxBytes);  // never moved while it grows: no copy stays behind
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
    pollfd waiting{fd, POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (ready == 0) return Reading::kTooLate;
    if (ready < 0 && errno == EINTR) continue;
    const ssize_t got = ready < 0 ? -1 : ::read(fd, chunk.data(), chunk.size());
    if (got < 0) return Reading::kFailed;
    if (got == 0) return Reading::kEnd;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    std::ranges::fill(chunk, '\0');
    if (text.size() > kOutputMaxBytes) return Reading::kTooMuch;
  }
}

Status check_end(const KeyCommand& command, Reading reading, Shell& shell, SteadyClock::time_point deadline) {
  int status = 0;
  if (reading == Reading::kTooMuch)
    return unusable(command, fmt::format("printed more than {} bytes", kOutputMaxBytes));
  if (reading == Reading::kFailed) return unusable(command, "could not be read", errno);
  if (reading == Reading::kTooLate || !shell.ended_by(deadline, status)) {
    return unusable(command,
                    fmt::format("did not end within {} s", std::chrono::duration<double>(command.timeout).count()));
  }
  if (WIFSIGNALED(status)) return unusable(command, fmt::format("was ended by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) return unusable(command, fmt::format("ended with exit code {}", WEXITSTATUS(status)));
  return {};
}

}  // namespace

Result<std::string> output_of(const KeyCommand& command) {
  const auto deadline = SteadyClock::now() + command.timeout;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return unusable(command, std::strerror(errno), errno);
  const FileDescriptor ours(ends[0]);
  FileDescriptor theirs(ends[1]);
  Shell shell;
  if (const int error = shell.start(command.command, theirs.get()); error != 0) {
    return unusable(command, fmt::format("cannot be started: {}", std::strerror(error)), error);
  }
  theirs.reset();
  std::string text;
  const Reading reading = read_all(ours.get(), deadline, text);
  auto ended = check_end(command, reading, shell, deadline);
  if (ended) return text;
  wipe(text);
  return fail(std::move(ended).error());
}

}  // namespace tokprep
