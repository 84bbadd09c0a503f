#include "codecs/vips/png_data.h"

#include <fcntl.h>
#include <isa-l/crc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::size_t kStretchBytes = 256 * 1024;
constexpr std::size_t kChunkHeadBytes = 8;

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

tl::unexpected<Error> cut_short() { return fail(ErrorCode::kCorruptInput, "the file ends within its pixels"); }

}  // namespace

Result<PngData> PngData::open(const std::string& path, std::uint64_t first_at) {
  TOKPREP_ASSIGN(FileDescriptor file, open_for_reading(path));
  ::posix_fadvise(file.get(), static_cast<off_t>(first_at), 0, POSIX_FADV_SEQUENTIAL);
  return PngData(std::move(file), first_at);
}

Result<std::size_t> PngData::read(std::uint8_t* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    if (left_in_chunk_ == 0) {
      TOKPREP_TRY(enter_next_chunk());
      if (ended_) break;
      continue;  // a chunk may be empty
    }
    TOKPREP_ASSIGN(const std::size_t got, take(out + done, std::min<std::size_t>(size - done, left_in_chunk_)));
    if (got == 0) return cut_short();
    checksum_ = ::crc32_gzip_refl(checksum_, out + done, got);
    left_in_chunk_ -= static_cast<std::uint32_t>(got);
    done += got;
  }
  return done;
}

Status PngData::finish() {
  std::vector<std::uint8_t> rest(kStretchBytes);
  while (true) {
    TOKPREP_ASSIGN(const std::size_t got, read(rest.data(), rest.size()));
    if (got == 0) return {};
  }
}

/// Any other chunk, or the end of the file, ends the pixels.
Status PngData::enter_next_chunk() {
  if (ended_) return {};
  if (in_chunk_) TOKPREP_TRY(leave_chunk());
  std::array<std::uint8_t, kChunkHeadBytes> head{};
  TOKPREP_ASSIGN(const std::size_t got, take(head.data(), head.size()));
  ByteReader reader(text_of(head.data(), got));
  const std::uint32_t size = reader.u32();
  ended_ = reader.take(4) != "IDAT";
  if (ended_) return {};
  if (size > 0x7fffffff) return fail(ErrorCode::kCorruptInput, "a chunk of pixels declares an impossible length");
  in_chunk_ = true;
  left_in_chunk_ = size;
  checksum_ = ::crc32_gzip_refl(0, head.data() + 4, 4);
  return {};
}

Status PngData::leave_chunk() {
  in_chunk_ = false;
  std::array<std::uint8_t, 4> stored{};
  TOKPREP_ASSIGN(const std::size_t got, take(stored.data(), stored.size()));
  if (got < stored.size()) return cut_short();
  if (ByteReader(text_of(stored.data(), got)).u32() == checksum_) return {};
  return fail(ErrorCode::kCorruptInput, "a chunk of pixels does not match its checksum");
}

Result<std::size_t> PngData::take(std::uint8_t* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    if (used_ == stretch_.size()) TOKPREP_TRY(refill());
    if (stretch_.empty()) break;
    const std::size_t count = std::min(size - done, stretch_.size() - used_);
    std::copy_n(stretch_.data() + used_, count, out + done);
    used_ += count;
    done += count;
  }
  return done;
}

Status PngData::refill() {
  stretch_.resize(kStretchBytes);
  used_ = 0;
  ssize_t got = -1;
  do got = ::pread(file_.get(), stretch_.data(), stretch_.size(), static_cast<off_t>(at_));
  while (got < 0 && errno == EINTR);
  if (got < 0) return fail(ErrorCode::kIo, "the file cannot be read", errno);
  stretch_.resize(static_cast<std::size_t>(got));
  at_ += static_cast<std::uint64_t>(got);
  return {};
}

}  // namespace tokprep::still
