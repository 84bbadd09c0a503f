#include "codecs/worker/call_filter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "base/owned.h"
#include "base/sanitized.h"

// The C library asks about a descriptor by newfstatat with an empty name and AT_EMPTY_PATH. A filter cannot see that
// the name is empty, and with another one the call tells of any file. So every library in this program is given these
// two, which make the call that takes no name.
extern "C" int fstat(int file, struct stat* status) noexcept {
  return static_cast<int>(::syscall(SYS_fstat, file, status));
}
extern "C" int fstat64(int file, struct stat64* status) noexcept {
  return static_cast<int>(::syscall(SYS_fstat, file, status));
}

namespace tokprep {
namespace {

using Filter = Owned<void, seccomp_release>;

// By what they are for. Opening by name is judged by Landlock; here stands what it cannot judge.
// What files are like may be asked of descriptors alone: Landlock does not judge stat, access and readlink.
constexpr std::array kFiles = {SCMP_SYS(read),
                               SCMP_SYS(write),
                               SCMP_SYS(pread64),
                               SCMP_SYS(pwrite64),
                               SCMP_SYS(readv),
                               SCMP_SYS(writev),
                               SCMP_SYS(preadv),
                               SCMP_SYS(pwritev),
                               SCMP_SYS(lseek),
                               SCMP_SYS(close),
                               SCMP_SYS(fstat),
                               SCMP_SYS(fstatfs),
                               SCMP_SYS(getcwd),
                               SCMP_SYS(mkdir),
                               SCMP_SYS(mkdirat),
                               SCMP_SYS(unlink),
                               SCMP_SYS(unlinkat),
                               SCMP_SYS(rmdir),
                               SCMP_SYS(rename),
                               SCMP_SYS(renameat),
                               SCMP_SYS(renameat2),
                               SCMP_SYS(ftruncate),
                               SCMP_SYS(fallocate),
                               SCMP_SYS(fadvise64),
                               SCMP_SYS(fsync),
                               SCMP_SYS(fdatasync),
                               SCMP_SYS(dup),
                               SCMP_SYS(dup2),
                               SCMP_SYS(dup3),
                               SCMP_SYS(poll),
                               SCMP_SYS(copy_file_range),
                               SCMP_SYS(recvmsg),
                               SCMP_SYS(ppoll),
                               SCMP_SYS(select),
                               SCMP_SYS(pselect6),
                               SCMP_SYS(pipe2),
                               SCMP_SYS(eventfd2),
                               SCMP_SYS(getdents64),
                               SCMP_SYS(sync_file_range)};
// For the report of a sanitizer, which wants to know its own program and its libraries.
constexpr std::array kSanitizersFiles = {SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(readlink)};
constexpr std::array kMemory = {SCMP_SYS(mmap),    SCMP_SYS(munmap), SCMP_SYS(mprotect), SCMP_SYS(mremap),
                                SCMP_SYS(madvise), SCMP_SYS(brk),    SCMP_SYS(msync),    SCMP_SYS(mincore)};
constexpr std::array kThreads = {SCMP_SYS(futex),          SCMP_SYS(set_robust_list),
                                 SCMP_SYS(rseq),           SCMP_SYS(set_tid_address),
                                 SCMP_SYS(sched_yield),    SCMP_SYS(sched_getaffinity),
                                 SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
                                 SCMP_SYS(sched_getattr),  SCMP_SYS(exit),
                                 SCMP_SYS(exit_group),     SCMP_SYS(gettid),
                                 SCMP_SYS(getcpu),         SCMP_SYS(restart_syscall),
                                 SCMP_SYS(membarrier)};
constexpr std::array kSignals = {SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
                                 SCMP_SYS(sigaltstack)};
constexpr std::array kQuestions = {SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
                                   SCMP_SYS(nanosleep),     SCMP_SYS(gettimeofday), SCMP_SYS(time),
                                   SCMP_SYS(times),         SCMP_SYS(getrusage),    SCMP_SYS(getrandom),
                                   SCMP_SYS(uname),         SCMP_SYS(sysinfo),      SCMP_SYS(getrlimit),
                                   SCMP_SYS(getpid),        SCMP_SYS(getppid),      SCMP_SYS(getuid),
                                   SCMP_SYS(geteuid),       SCMP_SYS(getgid),       SCMP_SYS(getegid)};

bool allow(const Filter& filter, int call) { return seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0; }

bool allow_where(const Filter& filter, int call, std::initializer_list<scmp_arg_cmp> conditions) {
  return seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, static_cast<unsigned>(conditions.size()),
                                conditions.begin()) == 0;
}

template <std::size_t N>
bool allow_all(const Filter& filter, const std::array<int, N>& calls) {
  for (const int call : calls) {
    if (!allow(filter, call)) return false;
  }
  return true;
}

/// Opening to read must not cut: Landlock of before Linux 6.2 does not mind it.
bool allow_opening(const Filter& filter) {
  const auto allow_open = [&](int call, unsigned flags) {
    return allow_where(filter, call, {SCMP_CMP(flags, SCMP_CMP_MASKED_EQ, O_TRUNC, 0)}) &&
           allow_where(filter, call, {SCMP_CMP(flags, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY)}) &&
           allow_where(filter, call, {SCMP_CMP(flags, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDWR)});
  };
  return allow_open(SCMP_SYS(open), 1) && allow_open(SCMP_SYS(openat), 2);
}

/// Threads, never processes. The flags of clone3 are out of a filter's sight: glibc then takes clone.
bool allow_threads(const Filter& filter) {
  constexpr scmp_datum_t kNew = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                CLONE_NEWPID | CLONE_NEWNET | CLONE_VFORK | CLONE_PTRACE | CLONE_PARENT;
  constexpr scmp_datum_t kThread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
  return allow_where(filter, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, kThread | kNew, kThread)}) &&
         seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
         allow_all(filter, kThreads);
}

/// Calls that do harm by some of their arguments: signals to others, owners of descriptors, a terminal's input.
bool allow_in_part(const Filter& filter) {
  const auto self = static_cast<scmp_datum_t>(::getpid());
  bool good = allow_where(filter, SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, self)}) &&
              allow_where(filter, SCMP_SYS(prlimit64), {SCMP_A0(SCMP_CMP_EQ, 0)}) &&
              allow_where(filter, SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_EQ, TCGETS)}) &&
              allow_where(filter, SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_EQ, FIONREAD)});
  for (const int command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK}) {
    good = good && allow_where(filter, SCMP_SYS(fcntl), {SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(command))});
  }
  for (const int option : {PR_SET_NAME, PR_GET_NAME}) {
    good = good && allow_where(filter, SCMP_SYS(prctl), {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(option))});
  }
  return good;
}

Filter make_filter() {
  Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (filter == nullptr) return nullptr;
  const bool good = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM)) == 0 &&
                    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0 && allow_all(filter, kFiles) &&
                    allow_all(filter, kMemory) && allow_all(filter, kSignals) && allow_all(filter, kQuestions) &&
                    allow_opening(filter) && allow_threads(filter) && allow_in_part(filter);
  return good && (!kSanitized || allow_all(filter, kSanitizersFiles)) ? std::move(filter) : nullptr;
}

}  // namespace

Status enter_call_filter() {
  if (::prctl(PR_GET_SECCOMP) < 0) {
    return fail(ErrorCode::kUnsupportedInput, "this kernel has no filters for system calls (seccomp)", errno);
  }
  const Filter filter = make_filter();
  if (filter == nullptr) return fail(ErrorCode::kInternal, "the filter for system calls cannot be made");
  const int loaded = seccomp_load(filter.get());
  if (loaded == 0) return {};
  return fail(ErrorCode::kInternal, fmt::format("the filter for system calls is refused: {}", std::strerror(-loaded)),
              -loaded);
}

}  // namespace tokprep
