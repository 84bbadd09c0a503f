#include "codecs/worker/landlock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/file_descriptor.h"

namespace tokprep {
namespace {

/// linux/landlock.h as of Linux 6.12. Older kernels take the front part of it.
struct RulesetAttributes {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;  // since version 4
  std::uint64_t scoped = 0;              // since version 6
};

constexpr std::uint64_t kTruncate = std::uint64_t{1} << 14U;
constexpr std::uint64_t kIoctlDevice = std::uint64_t{1} << 15U;
constexpr std::uint64_t kBindAndConnectTcp = 0b11;
constexpr std::uint64_t kAbstractSocketsAndSignals = 0b11;

/// Every right to files that a version knows: the kernel takes no others.
std::uint64_t file_rights(int version) {
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // version 1 ends there
  if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kIoctlDevice;
  return rights;
}

constexpr std::uint64_t kScratchRights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
                                         LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                         LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                         LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | kTruncate;

tl::unexpected<Error> failed(const char* what, int error_number) {
  return fail(ErrorCode::kInternal, fmt::format("{}: {}", what, std::strerror(error_number)), error_number);
}

Result<int> version_of_kernel() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version >= 1) return static_cast<int>(version);
  if (errno == ENOSYS) return fail(ErrorCode::kUnsupportedInput, "this kernel has no Landlock (Linux 5.13)", errno);
  if (errno == EOPNOTSUPP) return fail(ErrorCode::kUnsupportedInput, "Landlock is turned off (lsm=landlock,…)", errno);
  return failed("Landlock cannot be asked", errno);
}

Result<FileDescriptor> make_ruleset(int version) {
  RulesetAttributes attributes;
  attributes.handled_access_fs = file_rights(version);
  attributes.handled_access_net = kBindAndConnectTcp;
  attributes.scoped = kAbstractSocketsAndSignals;
  const std::size_t known_bytes = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  FileDescriptor ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, known_bytes, 0)));
  if (!ruleset.valid()) return failed("Landlock takes no rules", errno);
  return ruleset;
}

Status allow(const FileDescriptor& ruleset, const std::filesystem::path& path, std::uint64_t rights) {
  const FileDescriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.valid()) return errno == ENOENT ? Status() : failed(path.c_str(), errno);
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = place.get();
  if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0) return {};
  return failed(path.c_str(), errno);
}

}  // namespace

Result<int> enter_landlock(const OpenPlaces& places) {
  TOKPREP_ASSIGN(const int version, version_of_kernel());
  TOKPREP_ASSIGN(const FileDescriptor ruleset, make_ruleset(version));
  for (const auto& file : places.readable_files) TOKPREP_TRY(allow(ruleset, file, LANDLOCK_ACCESS_FS_READ_FILE));
  if (!places.writable_folder.empty()) {
    TOKPREP_TRY(allow(ruleset, places.writable_folder, kScratchRights & file_rights(version)));
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return failed("Landlock is not in force", errno);
  return version;
}

}  // namespace tokprep
