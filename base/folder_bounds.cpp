#include "base/folder_bounds.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace tokprep {
namespace {

std::string link_to(const FileDescriptor& file) { return fmt::format("/proc/self/fd/{}", file.get()); }

/// Where an open file lies, links resolved; empty where that cannot be told. By the kernel's own spelling, as a file
/// system may take several for one name.
std::string real_name_of(const FileDescriptor& file) {
  std::array<char, PATH_MAX> name{};
  const ssize_t length = file.valid() ? ::readlink(link_to(file).c_str(), name.data(), name.size()) : -1;
  const bool is_whole = length > 0 && static_cast<std::size_t>(length) < name.size() && name.front() == '/';
  return is_whole ? std::string(name.data(), static_cast<std::size_t>(length)) : std::string();
}

bool is_inside(const std::string& file, const std::string& folder) {
  if (folder.empty() || file.empty()) return false;
  return file.starts_with(folder.ends_with('/') ? folder : folder + '/');
}

}  // namespace

FolderBounds::FolderBounds(std::filesystem::path folder)
    : folder_(std::move(folder)),
      real_(real_name_of(FileDescriptor(::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)))) {}

// openat2 with RESOLVE_BENEATH would refuse links that stay inside and are written from the root on, which are allowed.
Result<FileDescriptor> FolderBounds::open(const std::filesystem::path& file) const {
  const FileDescriptor found(::open(file.c_str(), O_PATH | O_CLOEXEC));  // opens nothing: it only holds what is there
  if (!found.valid() || is_inside(real_name_of(found), real_)) return open_found(found, file);
  Error error;
  error.code = ErrorCode::kInputUnreadable;
  error.file = file.string();
  error.message = fmt::format("cannot read {}: it leads out of the folder {}", file.string(), folder_.string());
  error.fix = "put the file itself there, or name it by itself";
  if (real_.empty()) error.message += ", as far as can be told without /proc";
  return fail(std::move(error));
}

Result<FileDescriptor> open_within(const FolderBounds* bounds, const std::filesystem::path& file) {
  return bounds != nullptr ? bounds->open(file) : open_for_reading(file);
}

}  // namespace tokprep
