// Runs a program as if this kernel had no Landlock, no filters for system calls, or neither:
// tokprep_without_calls landlock|seccomp|both PROGRAM [ARGUMENT…]
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>

namespace {

bool take_away(scmp_filter_ctx filter, std::string_view what) {
  bool good = true;
  if (what != "seccomp") {
    good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) == 0;
  }
  if (what == "landlock") return good;
  for (const auto option : {PR_GET_SECCOMP, PR_SET_SECCOMP}) {
    good = good && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                                    SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(option))) == 0;
  }
  return good && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  if (filter == nullptr || !take_away(filter.get(), argv[1]) || seccomp_load(filter.get()) != 0) {
    std::fprintf(stderr, "%s: no filter can be put on here\n", argv[0]);
    return 2;
  }
  ::execv(argv[2], argv + 2);
  std::perror(argv[2]);
  return 2;
}
