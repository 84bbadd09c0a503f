#include "codecs/worker/cage_probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "base/sanitized.h"

namespace tokprep {
namespace {

constexpr const char* kWorked = "it worked";

/// What a call that must fail returned, with errno as it left it. Only a refusal counts: a file that is missing or an
/// address that is wrong says nothing about the cage.
EscapeAttempt judged(std::string what, long returned, std::initializer_list<int> refusals = {EPERM, EACCES}) {
  const int error_number = errno;
  if (returned >= 0) return {"", std::move(what), false, kWorked};
  for (const int refusal : refusals) {
    if (error_number == refusal) return {"", std::move(what), true, std::strerror(error_number)};
  }
  return {"", std::move(what), false, fmt::format("not refused, but failed: {}", std::strerror(error_number))};
}

EscapeAttempt try_socket(const char* what, int family, int type) {
  const FileDescriptor made(::socket(family, type | SOCK_CLOEXEC, 0));
  return judged(what, made.get());
}

EscapeAttempt try_open(std::string what, const std::string& path, int flags) {
  const FileDescriptor opened(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  return judged(std::move(what), opened.get());
}

void try_network(std::vector<EscapeAttempt>& attempts) {
  attempts.push_back(try_socket("internet socket", AF_INET, SOCK_STREAM));
  attempts.push_back(try_socket("internet socket v6", AF_INET6, SOCK_DGRAM));
  attempts.push_back(try_socket("local socket", AF_UNIX, SOCK_STREAM));
  sockaddr_un address{AF_UNIX, "\0tokprep-escape"};
  auto* anywhere = reinterpret_cast<sockaddr*>(&address);
  attempts.push_back(judged("connect", ::connect(STDIN_FILENO, anywhere, sizeof(address))));
  attempts.push_back(judged("bind", ::bind(STDIN_FILENO, anywhere, sizeof(address))));
}

/// A child that lives after all ends at once: one is enough to know that there could be a bomb of them.
EscapeAttempt try_clone(const char* what, long (*clone)(), std::initializer_list<int> refusals) {
  const long child = clone();
  if (child == 0) ::_exit(0);
  return judged(what, child, refusals);
}

long fork_by_hand() { return ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0L); }

/// In a child, where there can be one: where nothing is in the way, the worker shall live to tell of it.
EscapeAttempt try_program() {
  std::array<char*, 1> nothing = {nullptr};
  const auto run = [&] { return ::execve("/bin/true", nothing.data(), nothing.data()); };
  const long child = fork_by_hand();
  if (child < 0) return judged("run another program", run());
  if (child == 0) {
    run();
    ::_exit(errno);
  }
  int status = 0;
  const bool ended = ::waitpid(static_cast<pid_t>(child), &status, 0) == child && WIFEXITED(status);
  errno = ended ? WEXITSTATUS(status) : ECHILD;
  return judged("run another program", errno == 0 ? 0 : -1);
}

void try_programs(std::vector<EscapeAttempt>& attempts) {
  attempts.push_back(try_program());
  attempts.push_back(try_clone("fork", fork_by_hand, {EPERM}));
  attempts.push_back(try_clone("fork by clone3",
                               [] {
                                 std::array<std::uint64_t, 11> arguments{};
                                 arguments[4] = SIGCHLD;  // clone_args.exit_signal
                                 return ::syscall(SYS_clone3, arguments.data(), sizeof(arguments));
                               },
                               {ENOSYS, EPERM}));
  attempts.push_back(judged("new namespaces", ::unshare(CLONE_NEWUSER | CLONE_NEWNET)));
}

/// One that is traced after all is let go at once: it would stop at its next signal.
EscapeAttempt try_trace(pid_t parent) {
  EscapeAttempt attempt = judged("trace the supervisor", ::ptrace(PTRACE_SEIZE, parent, nullptr, nullptr));
  if (attempt.outcome == kWorked) {
    ::ptrace(PTRACE_INTERRUPT, parent, nullptr, nullptr);
    ::waitpid(parent, nullptr, __WALL);
    ::ptrace(PTRACE_DETACH, parent, nullptr, nullptr);
  }
  return attempt;
}

void try_processes(pid_t parent, std::vector<EscapeAttempt>& attempts) {
  attempts.push_back(try_trace(parent));
  attempts.push_back(judged("signal the supervisor", ::kill(parent, 0)));
  attempts.push_back(judged("read its memory", ::syscall(SYS_process_vm_readv, parent, nullptr, 0, nullptr, 0, 0)));
  attempts.push_back(judged("limit it", ::syscall(SYS_prlimit64, parent, RLIMIT_CPU, nullptr, nullptr)));
}

void try_files(const EscapeJob& job, std::vector<EscapeAttempt>& attempts) {
  attempts.push_back(
      try_open("read the supervisor's environment", fmt::format("/proc/{}/environ", job.parent), O_RDONLY));
  attempts.push_back(try_open("open /etc/passwd", "/etc/passwd", O_RDONLY));
  attempts.push_back(try_open("open another input", job.sibling, O_RDONLY));
  attempts.push_back(try_open("open the key", job.secret, O_RDONLY));
  attempts.push_back(try_open("cut another input", job.sibling, O_RDONLY | O_TRUNC));
  attempts.push_back(judged("cut it by name", ::truncate(job.sibling.c_str(), 0)));
  attempts.push_back(try_open("list its folder", job.folder, O_RDONLY | O_DIRECTORY));
  attempts.push_back(try_open("write outside", job.folder + "/escaped", O_WRONLY | O_CREAT | O_EXCL));
  attempts.push_back(judged("remove another input", ::unlink(job.sibling.c_str())));
  attempts.push_back(judged("link out", ::symlink("/etc/passwd", (job.folder + "/link").c_str())));
}

/// Landlock does not judge these.
void try_questions(const EscapeJob& job, std::vector<EscapeAttempt>& attempts) {
  struct stat status {};
  std::array<char, 256> target{};
  attempts.push_back(judged("stat /etc/passwd", ::stat("/etc/passwd", &status)));
  attempts.push_back(judged("stat another input", ::lstat(job.sibling.c_str(), &status)));
  attempts.push_back(judged("stat it as a descriptor's",
                            ::syscall(SYS_newfstatat, AT_FDCWD, job.sibling.c_str(), &status, AT_EMPTY_PATH)));
  attempts.push_back(
      judged("statx it", ::syscall(SYS_statx, AT_FDCWD, job.sibling.c_str(), AT_EMPTY_PATH, 0, nullptr)));
  attempts.push_back(judged("look for the key", ::access(job.secret.c_str(), F_OK)));
  attempts.push_back(judged("read a link", ::readlink("/proc/self/exe", target.data(), target.size())));
}

EscapeAttempt try_memory() {
  constexpr std::size_t kMuchBytes = 10'000'000'000;
  rlimit limit{};
  ::getrlimit(RLIMIT_DATA, &limit);
  const std::size_t size_bytes =
      limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur < kMuchBytes ? kMuchBytes : limit.rlim_cur + kMuchBytes;
  // Without a reservation nothing but the limit is in the way, however much memory this machine has.
  void* block = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  EscapeAttempt attempt = judged("10 GB of memory", block == MAP_FAILED ? -1 : 0, {ENOMEM});
  if (block != MAP_FAILED) ::munmap(block, size_bytes);
  return attempt;
}

EscapeAttempt try_to_work_for_ever() {
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  return judged("endless processors' time", ::setrlimit(RLIMIT_CPU, &none));
}

}  // namespace

Result<EscapeResult> try_to_escape(const EscapeJob& job, const RunContext&) {
  EscapeResult result;
  auto name_wall = [&, named = std::size_t{0}](const char* wall) mutable {
    for (; named < result.attempts.size(); ++named) result.attempts[named].wall = wall;
  };
  try_network(result.attempts);
  name_wall("network");
  try_programs(result.attempts);
  name_wall("programs");
  try_processes(static_cast<pid_t>(job.parent), result.attempts);
  name_wall("processes");
  if (!kSanitized) try_questions(job, result.attempts);
  name_wall("names");
  try_files(job, result.attempts);
  name_wall("files");
  if (!kSanitized) result.attempts.push_back(try_memory());
  name_wall("memory");
  result.attempts.push_back(try_to_work_for_ever());
  name_wall("time");
  return result;
}

}  // namespace tokprep
