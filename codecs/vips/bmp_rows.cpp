#include "codecs/vips/bmp_rows.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "codecs/vips/byte_reader.h"
#include "codecs/vips/rle_walk.h"
#include "codecs/vips/unusable.h"

namespace tokprep::still {
namespace {

constexpr int kMostPackedRows = 65535;

/// The bits of a pixel that `mask` names, as 0 to 255.
std::uint8_t channel(std::uint32_t pixel, std::uint32_t mask) {
  if (mask == 0) return 0;
  const std::uint32_t lowest = mask & (~mask + 1);
  const std::uint64_t most = mask / lowest;
  const std::uint64_t value = (pixel & mask) / lowest;
  return static_cast<std::uint8_t>((value * 255 + most / 2) / most);
}

/// Index `x` in a row of indices of 1, 4 or 8 bits, the first in the highest bits.
std::size_t index_at(std::string_view row, int bits, std::size_t x) {
  const std::size_t per_byte = 8U / static_cast<std::size_t>(bits);
  const auto byte = static_cast<std::uint8_t>(row[x / per_byte]);
  const std::size_t shift = (per_byte - 1 - x % per_byte) * static_cast<std::size_t>(bits);
  return byte >> shift & ((1U << bits) - 1);
}

}  // namespace

Result<BmpRows> BmpRows::open(const std::string& path, BmpLayout layout, std::uint64_t size_bytes) {
  TOKPREP_ASSIGN(FileDescriptor file, open_for_reading(path));
  BmpRows rows(std::move(file), std::move(layout));
  if (rows.layout_.coding != BmpCoding::kPlain) {
    TOKPREP_TRY(rows.find_rows(path));
    return rows;
  }
  const std::uint64_t wanted = rows.layout_.row_bytes() * static_cast<std::uint64_t>(rows.layout_.height_px);
  const std::uint64_t there = size_bytes - std::min(size_bytes, rows.layout_.pixels_at);
  if (there < wanted) {
    return unusable(ErrorCode::kCorruptInput, path,
                    fmt::format("is cut short: its pixels take {} bytes and {} are there", wanted, there));
  }
  return rows;
}

Status BmpRows::find_rows(const std::string& path) {
  if (layout_.height_px > kMostPackedRows) {
    return unusable(ErrorCode::kUnsupportedInput, path, fmt::format("is a packed bitmap of {} rows", layout_.height_px),
                    "export it as PNG or JPEG");
  }
  starts_.resize(static_cast<std::size_t>(layout_.height_px));
  starts_[0].at = layout_.pixels_at;
  RleWalk walk(file_.get(), layout_.coding, layout_.pixels_at);
  std::int64_t x = 0;
  int y = 0;
  while (y < layout_.height_px) {
    const RleStep step = walk.next();
    if (step.kind == RleStep::Kind::kPictureEnd) return {};
    if (step.kind == RleStep::Kind::kCut) {
      if (y == layout_.height_px - 1 && x >= layout_.width_px) return {};  // some programs leave the end mark out
      return unusable(ErrorCode::kCorruptInput, path, fmt::format("ends in row {} of {}", y + 1, layout_.height_px));
    }
    const bool line_end = step.kind == RleStep::Kind::kLineEnd;
    const int down = line_end ? 1 : step.down;
    x = line_end ? 0 : std::min<std::int64_t>(x + step.count + step.right, layout_.width_px);
    y += down;
    if (down > 0 && y < layout_.height_px) starts_[static_cast<std::size_t>(y)] = {walk.at(), static_cast<int>(x)};
  }
  return {};
}

bool BmpRows::read(int y, std::uint8_t* out) const {
  const auto row = static_cast<std::uint64_t>(stored_row(y));
  if (layout_.coding != BmpCoding::kPlain) {
    unpack(starts_[row], out);
    return true;
  }
  const std::size_t size = layout_.row_bytes();
  const std::string bytes = bytes_at(layout_.pixels_at + row * size, size);
  if (bytes.size() < size) return false;
  if (layout_.bits > 8) {
    colour(bytes, out);
    return true;
  }
  for (std::size_t x = 0; x < static_cast<std::size_t>(layout_.width_px); ++x) {
    look_up(index_at(bytes, layout_.bits, x), out + 3 * x);
  }
  return true;
}

/// Pixels that no step reaches have the first colour.
void BmpRows::unpack(RowStart start, std::uint8_t* out) const {
  const auto width = static_cast<std::size_t>(layout_.width_px);
  for (std::size_t x = 0; x < width; ++x) look_up(0, out + 3 * x);
  if (start.at == 0) return;
  RleWalk walk(file_.get(), layout_.coding, start.at);
  auto x = static_cast<std::size_t>(start.x);
  while (x < width) {
    const RleStep step = walk.next();
    const bool is_run = step.kind == RleStep::Kind::kRun;
    const bool is_move = step.kind == RleStep::Kind::kMove && step.down == 0;
    if (!is_run && !is_move && step.kind != RleStep::Kind::kLiteral) return;
    const std::size_t end = std::min(x + static_cast<std::size_t>(step.count), width);
    const std::size_t per_byte = layout_.coding == BmpCoding::kRle8 ? 1 : 2;
    for (std::size_t i = 0; x < end; ++x, ++i) {
      look_up(index_at(step.indices, layout_.bits, is_run ? i % per_byte : i), out + 3 * x);
    }
    x += static_cast<std::size_t>(step.right);
  }
}

void BmpRows::colour(std::string_view bytes, std::uint8_t* out) const {
  ByteReader reader(bytes, true);
  const auto width = static_cast<std::size_t>(layout_.width_px);
  if (layout_.bits == 24) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t k = 0; k < 3; ++k) out[3 * x + k] = static_cast<std::uint8_t>(bytes[3 * x + 2 - k]);
    }
    return;
  }
  const auto count = static_cast<std::size_t>(channels());
  for (std::size_t x = 0; x < width; ++x) {
    const std::uint32_t pixel = layout_.bits == 16 ? reader.u16() : reader.u32();
    for (std::size_t k = 0; k < count; ++k) out[count * x + k] = channel(pixel, layout_.masks[k]);
  }
}

/// An index beyond the palette is black, as everywhere.
void BmpRows::look_up(std::size_t index, std::uint8_t* out) const {
  const std::array<std::uint8_t, 3> colour =
      index < layout_.palette.size() ? layout_.palette[index] : std::array<std::uint8_t, 3>{};
  std::copy(colour.begin(), colour.end(), out);
}

std::string BmpRows::bytes_at(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  const ssize_t got = ::pread(file_.get(), bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

std::string BmpRows::profile() const {
  const std::string bytes = bytes_at(layout_.profile_at, layout_.profile_bytes);
  return bytes.size() == layout_.profile_bytes ? bytes : std::string();
}

}  // namespace tokprep::still
