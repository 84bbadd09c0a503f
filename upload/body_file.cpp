#include "upload/body_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tokprep {
namespace {

tl::unexpected<Error> io_failure(const std::filesystem::path& path, std::string_view why, int error_number) {
  Error error;
  error.code = ErrorCode::kIo;
  error.message = fmt::format("cannot send {}: {}", path.string(), why);
  error.native = error_number;
  error.file = path.string();
  return fail(std::move(error));
}

}  // namespace

Result<BodyFile> BodyFile::open(const std::filesystem::path& path) {
  BodyFile body;
  body.path_ = path;
  TOKPREP_ASSIGN(body.file_, open_for_reading(path));
  struct stat status {};
  if (::fstat(body.file_.get(), &status) != 0) return io_failure(path, std::strerror(errno), errno);
  body.size_bytes_ = static_cast<std::uint64_t>(status.st_size);
  body.modified_ = status.st_mtim;
  return body;
}

Status BodyFile::check_unchanged() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return io_failure(path_, std::strerror(errno), errno);
  const bool same = static_cast<std::uint64_t>(status.st_size) == size_bytes_ &&
                    status.st_mtim.tv_sec == modified_.tv_sec && status.st_mtim.tv_nsec == modified_.tv_nsec;
  if (!same) return io_failure(path_, "it was changed while it was sent", 0);
  return {};
}

Result<std::size_t> BodyFile::read(std::span<char> into) {
  const auto wanted = std::min<std::uint64_t>(into.size(), size_bytes_ - position_bytes_);
  if (wanted == 0) return std::size_t{0};
  ssize_t got = 0;
  do {
    got = ::pread(file_.get(), into.data(), wanted, static_cast<off_t>(position_bytes_));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return io_failure(path_, std::strerror(errno), errno);
  // After the read, so that the last bytes are never handed out of a file that was rewritten.
  TOKPREP_TRY(check_unchanged());
  if (got == 0) return io_failure(path_, "it is shorter than it was", 0);
  position_bytes_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

bool BodyFile::seek(std::uint64_t position_bytes) {
  if (position_bytes > size_bytes_) return false;
  position_bytes_ = position_bytes;
  return true;
}

}  // namespace tokprep
