#include "pipeline/open_writers.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace tokprep {
namespace {

/// These refuse a lease for reasons of their own.
bool is_remote(const FileDescriptor& file) {
  static constexpr std::array<std::uint32_t, 4> kRemote = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, 0xFF534D42 /* cifs */,
                                                           0xFE534D42 /* smb2 */};
  struct statfs status {};
  if (::fstatfs(file.get(), &status) != 0) return true;
  for (const std::uint32_t magic : kRemote) {
    if (static_cast<std::uint32_t>(status.f_type) == magic) return true;
  }
  return false;
}

}  // namespace

// A lease for reading is given only where nobody writes (fcntl(2), "Leases"). It is given back at once; who wants to
// write in that moment waits for it, and the signal that would tell us is one that does nothing.
bool is_open_for_writing(const FileDescriptor& file) {
  if (is_remote(file) || ::fcntl(file.get(), F_SETSIG, SIGURG) != 0) return false;
  if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
    return false;
  }
  return errno == EAGAIN;
}

}  // namespace tokprep
