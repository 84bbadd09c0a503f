#include "codecs/mp4/box.h"

#include <fmt/format.h>

#include <algorithm>

#include "codecs/mp4/byte_reader.h"

namespace tokprep::mp4 {
namespace {

constexpr std::size_t kMaxChildren = 20'000;
constexpr std::uint8_t kCopyrightSign = 0xA9;  // Mac Roman ©, the first letter of QuickTime's own user data

bool is_printable(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; }

}  // namespace

std::string name_of(FourCc type) {
  std::string name;
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    const auto byte = static_cast<std::uint8_t>(type >> (shift - 8));
    if (is_printable(byte)) name += static_cast<char>(byte);
    else name += byte == kCopyrightSign ? "©" : "?";
  }
  return name;
}

bool plausible(FourCc type) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    const auto byte = static_cast<std::uint8_t>(type >> shift);
    if (!is_printable(byte) && !(byte == kCopyrightSign && shift == 24)) return false;
  }
  return true;
}

BoxHeader parse_box_header(std::string_view bytes, std::uint64_t available) {
  ByteReader reader(bytes);
  BoxHeader header;
  header.size = reader.u32();
  header.type = reader.u32();
  if (header.size == 1) {
    header.size = reader.u64();
    header.header_bytes = 16;
  } else if (header.size == 0) {
    header.size = available;
    header.to_end = true;
  }
  return header;
}

const BoxView* BoxList::find(FourCc type) const {
  const auto found = std::ranges::find(boxes, type, &BoxView::type);
  return found == boxes.end() ? nullptr : &*found;
}

BoxList child_boxes(std::string_view body) {
  BoxList list;
  while (body.size() >= 8) {
    const BoxHeader header = parse_box_header(body, body.size());
    // QuickTime ends some lists with a zero; it is no box.
    if (header.type == 0 && header.to_end) break;
    if (header.size < header.header_bytes || header.size > body.size()) {
      list.damage =
          fmt::format("box '{}' declares {} bytes where {} are left", name_of(header.type), header.size, body.size());
      break;
    }
    if (list.boxes.size() == kMaxChildren) {
      list.damage = fmt::format("more than {} boxes side by side", kMaxChildren);
      break;
    }
    list.boxes.push_back({header.type, body.substr(header.header_bytes, header.size - header.header_bytes)});
    body.remove_prefix(header.size);
  }
  return list;
}

}  // namespace tokprep::mp4
