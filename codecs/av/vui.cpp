#include "codecs/av/vui.h"

#include <array>

namespace tokprep::av {
namespace {

// Table E-1 of both standards; 0 is "unspecified".
constexpr std::array<Rational, 17> kAspects{{{0, 1},
                                             {1, 1},
                                             {12, 11},
                                             {10, 11},
                                             {16, 11},
                                             {40, 33},
                                             {24, 11},
                                             {20, 11},
                                             {32, 11},
                                             {80, 33},
                                             {18, 11},
                                             {15, 11},
                                             {64, 33},
                                             {160, 99},
                                             {4, 3},
                                             {3, 2},
                                             {2, 1}}};
constexpr std::uint32_t kWrittenOut = 255;

Rational read_aspect(BitReader& reader) {
  const std::uint32_t code = reader.bits(8);
  if (code < kAspects.size()) return kAspects.at(code);
  if (code != kWrittenOut) return {0, 1};
  const std::int64_t width = reader.bits(16);
  const std::int64_t height = reader.bits(16);
  return width == 0 || height == 0 ? Rational{0, 1} : reduced({width, height});
}

void read_signal_type(BitReader& reader, SequenceHeader& header) {
  reader.skip(3);  // what broadcast system it came from
  header.full_range = reader.flag();
  header.has_colour = reader.flag();
  if (!header.has_colour) return;
  header.primaries = static_cast<int>(reader.bits(8));
  header.transfer = static_cast<int>(reader.bits(8));
  header.matrix = static_cast<int>(reader.bits(8));
}

}  // namespace

void read_vui_start(BitReader& reader, SequenceHeader& header) {
  header.has_vui = true;
  if (reader.flag()) header.sample_aspect = read_aspect(reader);
  if (reader.flag()) reader.skip(1);  // overscan
  if (reader.flag()) read_signal_type(reader, header);
  if (!reader.flag()) return;
  constexpr std::uint32_t kLastLocation = 5;
  const std::uint32_t top_field = reader.ue();
  reader.ue();  // of the bottom field
  if (top_field <= kLastLocation) header.chroma_location = static_cast<int>(top_field);
}

}  // namespace tokprep::av
