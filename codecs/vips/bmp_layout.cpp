#include "codecs/vips/bmp_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "codecs/vips/byte_reader.h"
#include "codecs/vips/unusable.h"

namespace tokprep::still {
namespace {

constexpr std::size_t kFileHeaderBytes = 14;
constexpr std::uint32_t kCoreHeaderBytes = 12;
constexpr std::uint32_t kInfoHeaderBytes = 40;
constexpr std::uint32_t kHeaderWithAlphaBytes = 56;
constexpr std::uint32_t kHeaderV5Bytes = 124;
constexpr std::uint32_t kLargestProfileBytes = 4U << 20;

constexpr std::int64_t kLongestSidePx = 1'000'000;

// `biCompression`
constexpr std::uint32_t kPlain = 0;
constexpr std::uint32_t kRle8 = 1;
constexpr std::uint32_t kRle4 = 2;
constexpr std::uint32_t kBitFields = 3;
constexpr std::uint32_t kAlphaBitFields = 6;

/// The header as it stands in the file.
struct Header {
  std::uint32_t size = 0;
  std::int64_t width = 0;
  std::int64_t height = 0;
  int bits = 0;
  std::uint32_t compression = kPlain;
  std::uint32_t colours = 0;
  [[nodiscard]] bool is_os2() const { return size == kCoreHeaderBytes || size == 16 || size == 64; }
  [[nodiscard]] bool has_fields() const {
    return !is_os2() && (compression == kBitFields || compression == kAlphaBitFields);
  }
};

Header read_header(ByteReader& reader) {
  Header header;
  header.size = reader.u32();
  if (header.size == kCoreHeaderBytes) {
    header.width = reader.u16();
    header.height = reader.u16();
  } else {
    header.width = static_cast<std::int32_t>(reader.u32());
    header.height = static_cast<std::int32_t>(reader.u32());
  }
  reader.skip(2);  // planes
  header.bits = reader.u16();
  if (header.size < kInfoHeaderBytes) return header;
  header.compression = reader.u32();
  reader.skip(4 + 4 + 4);  // size of the pixels, resolution
  header.colours = reader.u32();
  reader.skip(4);
  return header;
}

bool is_known_depth(const Header& header) {
  switch (header.compression) {
    case kPlain:
      return header.bits == 1 || header.bits == 4 || header.bits == 8 || header.bits == 24 ||
             ((header.bits == 16 || header.bits == 32) && header.size != kCoreHeaderBytes);
    case kRle8:
      return header.bits == 8;
    case kRle4:
      return header.bits == 4;
    default:
      return header.bits == 16 || header.bits == 32;
  }
}

Status check(const Header& header, const std::string& name) {
  if (header.compression > kRle4 && !header.has_fields()) {
    return unusable(ErrorCode::kUnsupportedInput, name, fmt::format("is a bitmap with packing {}", header.compression),
                    "export it as PNG or JPEG");
  }
  if (header.width <= 0 || header.height == 0 || header.width > kLongestSidePx ||
      std::abs(header.height) > kLongestSidePx) {
    return unusable(ErrorCode::kCorruptInput, name,
                    fmt::format("declares {} x {} pixels", header.width, header.height));
  }
  if (!is_known_depth(header)) {
    return unusable(ErrorCode::kCorruptInput, name,
                    fmt::format("declares {} bits a pixel with packing {}", header.bits, header.compression));
  }
  return {};
}

/// Behind a header of 40 bytes the masks follow; longer ones have them inside, at the same place.
std::array<std::uint32_t, 4> read_masks(const Header& header, ByteReader& reader) {
  if (header.bits != 16 && header.bits != 32) return {};
  if (!header.has_fields()) {
    if (header.bits == 16) return {0x7c00, 0x03e0, 0x001f, 0};
    return {0xff0000, 0x00ff00, 0x0000ff, 0};  // the fourth byte means nothing
  }
  const bool with_alpha = header.size >= kHeaderWithAlphaBytes || header.compression == kAlphaBitFields;
  std::array<std::uint32_t, 4> masks{};
  for (std::size_t i = 0; i < (with_alpha ? 4U : 3U); ++i) masks[i] = reader.u32();
  return masks;
}

void read_palette(std::string_view head, const Header& header, BmpLayout& layout) {
  if (header.bits > 8) return;
  const std::size_t begin = kFileHeaderBytes + header.size;
  const std::size_t entry_bytes = header.size == kCoreHeaderBytes ? 3 : 4;
  const std::size_t end = std::clamp<std::size_t>(layout.pixels_at, begin, std::max(head.size(), begin));
  const std::size_t most = std::size_t{1} << header.bits;
  const std::size_t wanted = header.colours == 0 ? most : std::min<std::size_t>(header.colours, most);
  const std::size_t entries = std::min(wanted, (end - begin) / entry_bytes);
  ByteReader reader(head.substr(std::min(begin, head.size())));
  for (std::size_t i = 0; i < entries && !reader.cut(); ++i) {
    const std::uint8_t blue = reader.u8(), green = reader.u8(), red = reader.u8();
    reader.skip(entry_bytes - 3);
    layout.palette.push_back({red, green, blue});
  }
}

void read_profile(std::string_view head, const Header& header, BmpLayout& layout) {
  constexpr std::size_t kColourSpaceAt = kFileHeaderBytes + 56;
  constexpr std::size_t kProfileAt = kFileHeaderBytes + 112;
  constexpr std::uint32_t kEmbedded = 0x4d424544;  // "MBED"
  if (header.size < kHeaderV5Bytes || head.size() < kProfileAt + 8) return;
  if (ByteReader(head.substr(kColourSpaceAt), true).u32() != kEmbedded) return;
  ByteReader reader(head.substr(kProfileAt), true);
  layout.profile_at = kFileHeaderBytes + std::uint64_t{reader.u32()};
  layout.profile_bytes = reader.u32();
  if (layout.profile_bytes > kLargestProfileBytes) layout.profile_bytes = 0;
}

}  // namespace

Result<BmpLayout> read_bmp_layout(std::string_view head, const std::string& name) {
  ByteReader reader(head, true);
  reader.skip(10);
  BmpLayout layout;
  layout.pixels_at = reader.u32();
  const Header header = read_header(reader);
  layout.masks = read_masks(header, reader);
  if (reader.cut()) return unusable(ErrorCode::kCorruptInput, name, "ends within its header");
  TOKPREP_TRY(check(header, name));
  layout.width_px = static_cast<int>(header.width);
  layout.top_down = header.height < 0;
  layout.height_px = static_cast<int>(std::abs(header.height));
  layout.bits = header.bits;
  if (header.compression == kRle8) layout.coding = BmpCoding::kRle8;
  if (header.compression == kRle4) layout.coding = BmpCoding::kRle4;
  read_palette(head, header, layout);
  if (header.bits <= 8 && layout.palette.empty()) {
    return unusable(ErrorCode::kCorruptInput, name, "has no palette where one must stand");
  }
  read_profile(head, header, layout);
  return layout;
}

}  // namespace tokprep::still
