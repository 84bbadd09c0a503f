#include "codecs/mp4/stretch_copy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace tokprep::mp4 {
namespace {

constexpr std::uint64_t kStepBytes = std::uint64_t{16} << 20U;     // how soon a stop is noticed
constexpr std::uint64_t kWindowBytes = std::uint64_t{256} << 10U;  // small enough for the processor's cache

/// Across some file systems the kernel cannot copy by itself; nothing has moved then.
bool cannot_in_kernel(int error_number) {
  return error_number == EXDEV || error_number == EINVAL || error_number == EOPNOTSUPP || error_number == ENOSYS;
}

/// Fills `bytes` from `offset` on.
Status read_all(const FileDescriptor& source, std::uint64_t offset, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(source.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::kIo, fmt::format("cannot read the source: {}", std::strerror(errno)), errno);
    if (got == 0) return fail(ErrorCode::kCorruptInput, "the source became shorter while it was copied");
    offset += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

/// How many of these stretches fit into one window; 0: the first is a long one.
std::size_t window_at(std::span<const Extent> stretches) {
  std::size_t count = 0;
  while (count < stretches.size() &&
         stretches[count].offset + stretches[count].size - stretches.front().offset <= kWindowBytes) {
    ++count;
  }
  return count;
}

/// Looks for a stop and reports now and then.
class Pace {
 public:
  Pace(const std::vector<Extent>& stretches, const RunContext& run) : run_(run) {
    for (const Extent& stretch : stretches) total_ += stretch.size;
  }

  Status advance(std::uint64_t bytes) {
    done_ += bytes;
    if (done_ < next_ && done_ < total_) return {};
    next_ = done_ + kStepBytes;
    run_.report("remux", static_cast<double>(done_) / static_cast<double>(total_));
    return run_.check_stop();
  }

 private:
  const RunContext& run_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t next_ = 0;
};

}  // namespace

Result<NewFile> NewFile::create(const std::filesystem::path& path) {
  TOKPREP_ASSIGN(FileDescriptor file, open_for_writing(path));
  return NewFile(path, std::move(file));
}

Status NewFile::write(std::string_view bytes) {
  TOKPREP_TRY(write_at(file_, size_bytes_, bytes, path_));
  size_bytes_ += bytes.size();
  return {};
}

Status NewFile::append(const FileDescriptor& source, const std::vector<Extent>& stretches, const RunContext& run) {
  Pace pace(stretches, run);
  for (std::span<const Extent> rest = stretches; !rest.empty();) {
    const std::size_t together = window_at(rest);
    if (together > 0) {
      TOKPREP_TRY(append_window(source, rest.first(together)));
      for (const Extent& stretch : rest.first(together)) TOKPREP_TRY(pace.advance(stretch.size));
      rest = rest.subspan(together);
      continue;
    }
    for (Extent part = rest.front(); part.size > 0;) {
      TOKPREP_ASSIGN(const std::uint64_t copied, append_part(source, part));
      TOKPREP_TRY(pace.advance(copied));
      part = {part.offset + copied, part.size - copied};
    }
    rest = rest.subspan(1);
  }
  return {};
}

/// Some of a long stretch; returns how much.
Result<std::uint64_t> NewFile::append_part(const FileDescriptor& source, const Extent& stretch) {
  while (in_kernel_) {
    auto from = static_cast<off_t>(stretch.offset);
    auto to = static_cast<off_t>(size_bytes_);
    const ssize_t copied =
        ::copy_file_range(source.get(), &from, file_.get(), &to, std::min(stretch.size, kStepBytes), 0);
    if (copied > 0) {
      size_bytes_ += static_cast<std::uint64_t>(copied);
      return static_cast<std::uint64_t>(copied);
    }
    // Some special file systems say "nothing left" where reading by hand still gives bytes.
    if (copied == 0 || cannot_in_kernel(errno)) in_kernel_ = false;
    else if (errno != EINTR) return write_failure(path_, "write", errno);
  }
  const Extent part{stretch.offset, std::min(stretch.size, kWindowBytes)};
  TOKPREP_TRY(append_window(source, {&part, 1}));
  return part.size;
}

/// Stretches that lie within `kWindowBytes`: one read, the gaps closed, one write.
Status NewFile::append_window(const FileDescriptor& source, std::span<const Extent> stretches) {
  const std::uint64_t first = stretches.front().offset;
  const std::uint64_t wanted = stretches.back().offset + stretches.back().size - first;
  buffer_.resize(kWindowBytes);
  TOKPREP_TRY(read_all(source, first, {buffer_.data(), wanted}));
  std::size_t filled = 0;
  for (const Extent& stretch : stretches) {
    std::memmove(buffer_.data() + filled, buffer_.data() + (stretch.offset - first), stretch.size);
    filled += stretch.size;
  }
  return write({buffer_.data(), filled});
}

}  // namespace tokprep::mp4
