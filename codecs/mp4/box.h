#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokprep::mp4 {

/// A box type as the number it is in the file.
using FourCc = std::uint32_t;

constexpr FourCc fourcc(const char (&text)[5]) {
  FourCc value = 0;
  for (int i = 0; i < 4; ++i) value = (value << 8U) | static_cast<std::uint8_t>(text[i]);
  return value;
}

/// "moov", "©xyz"; bytes that are no characters appear as '?'.
std::string name_of(FourCc type);

/// True where all four bytes are characters a box type may be made of; garbage hardly ever is.
bool plausible(FourCc type);

/// The first bytes of a box.
struct BoxHeader {
  FourCc type = 0;
  std::uint64_t header_bytes = 8;  ///< 8, or 16 with a 64-bit size
  std::uint64_t size = 0;          ///< declared, header included; where 0 was written ("to the end"): what is left
  bool to_end = false;             ///< the size was written as 0
};

/// Reads a header off the front of `bytes` (8 bytes, 16 for a 64-bit size); `available` is how much its parent
/// has left, which a size of 0 stands for. Nothing is checked: a size may be smaller than its own header.
BoxHeader parse_box_header(std::string_view bytes, std::uint64_t available);

/// A box inside one that is in memory.
struct BoxView {
  FourCc type = 0;
  std::string_view body;  ///< without the header
};

/// The children of a box.
struct BoxList {
  std::vector<BoxView> boxes;
  std::string damage;  ///< why the list ends early, in words; empty when it is whole

  [[nodiscard]] const BoxView* find(FourCc type) const;
};

/// Splits the body of a box into its children, at most 20,000 of them. Looks one level deep.
BoxList child_boxes(std::string_view body);

}  // namespace tokprep::mp4
