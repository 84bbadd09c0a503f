#include "pipeline/disk_room.h"

#include <sys/statvfs.h>

#include <cstdint>

namespace tokprep {

bool has_little_room(const std::filesystem::path& place) {
  constexpr std::uint64_t kLittleRoomBytes = std::uint64_t{256} << 20;
  struct statvfs room {};
  if (::statvfs(place.c_str(), &room) != 0) return false;
  const bool is_out_of_inodes = room.f_files > 0 && room.f_favail == 0;
  return is_out_of_inodes || std::uint64_t{room.f_bavail} * room.f_frsize < kLittleRoomBytes;
}

}  // namespace tokprep
