#include "codecs/vips/png_samples.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::uint8_t kOpaque = 255;

std::uint16_t big_endian(const std::uint8_t* bytes) { return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]); }

void to_host_order(const std::uint8_t* stored, std::size_t count, std::uint8_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint16_t sample = big_endian(stored + 2 * i);
    std::memcpy(out + 2 * i, &sample, sizeof sample);
  }
}

/// Number `x` in a row of numbers of 1, 2 or 4 bits, the first in the highest bits.
std::size_t number_at(const std::uint8_t* row, std::size_t bits, std::size_t x) {
  const std::size_t per_byte = 8 / bits;
  const std::size_t shift = (per_byte - 1 - x % per_byte) * bits;
  return static_cast<std::size_t>(row[x / per_byte]) >> shift & ((1U << bits) - 1);
}

/// A constant count lets the compiler copy a pixel in one go.
template <std::size_t kChannels, class Table, class NumberAt>
void copy_entries(const Table& table, std::size_t count, std::uint8_t* out, NumberAt number) {
  for (std::size_t x = 0; x < count; ++x) std::memcpy(out + kChannels * x, table[number(x)].data(), kChannels);
}

template <class Table, class NumberAt>
void copy_entries(const Table& table, int channels, std::size_t count, std::uint8_t* out, NumberAt number) {
  switch (channels) {
    case 1:
      return copy_entries<1>(table, count, out, number);
    case 2:
      return copy_entries<2>(table, count, out, number);
    case 3:
      return copy_entries<3>(table, count, out, number);
    default:
      return copy_entries<4>(table, count, out, number);
  }
}

}  // namespace

PngSamples::PngSamples(const PngLayout& layout)
    : width_px_(static_cast<std::size_t>(layout.width_px)),
      bits_(layout.bit_depth),
      stored_channels_(static_cast<std::size_t>(layout.stored_channels())),
      added_alpha_(layout.transparency.has_value()),
      indexed_(layout.colour == PngColour::kPalette),
      by_table_(indexed_ || layout.bit_depth < 8) {
  if (indexed_) {
    fill_palette(layout);
    return;
  }
  if (added_alpha_) {
    ByteReader reader(*layout.transparency);
    // Bits above the depth mean nothing.
    for (std::size_t i = 0; i < stored_channels_; ++i) {
      clear_[i] = static_cast<std::uint16_t>(reader.u16() & ((1U << bits_) - 1));
    }
  }
  if (by_table_) fill_grays(layout);
}

/// An index beyond the palette is black, and what `tRNS` does not mention is opaque.
void PngSamples::fill_palette(const PngLayout& layout) {
  ByteReader colours(layout.palette);
  const std::string_view alphas = layout.transparency ? std::string_view(*layout.transparency) : std::string_view();
  const std::size_t addressed = std::size_t{1} << bits_;
  for (std::size_t i = 0; i < table_.size(); ++i) {
    auto& entry = table_[i];
    if (i < addressed && colours.left() >= 3) {
      for (std::size_t k = 0; k < 3; ++k) entry[k] = colours.u8();
    }
    entry[3] = i < alphas.size() ? static_cast<std::uint8_t>(alphas[i]) : kOpaque;
  }
}

void PngSamples::fill_grays(const PngLayout& layout) {
  const std::size_t levels = std::size_t{1} << layout.bit_depth;
  for (std::size_t i = 0; i < levels; ++i) {
    table_[i][0] = static_cast<std::uint8_t>(i * 255 / (levels - 1));
    table_[i][1] = i == clear_[0] ? 0 : kOpaque;
  }
}

int PngSamples::channels() const {
  return (indexed_ ? 3 : static_cast<int>(stored_channels_)) + (added_alpha_ ? 1 : 0);
}

std::size_t PngSamples::pixel_bytes() const { return static_cast<std::size_t>(channels()) * (bits_ == 16 ? 2 : 1); }

void PngSamples::make(const std::uint8_t* stored, std::uint8_t* out) const {
  const std::size_t samples = width_px_ * stored_channels_;
  if (by_table_) {
    look_up(stored, out);
  } else if (added_alpha_) {
    bits_ == 16 ? mark_clear<std::uint16_t>(stored, out) : mark_clear<std::uint8_t>(stored, out);
  } else if (bits_ == 16) {
    to_host_order(stored, samples, out);
  } else {
    std::copy_n(stored, samples, out);
  }
}

void PngSamples::look_up(const std::uint8_t* stored, std::uint8_t* out) const {
  if (bits_ == 8) {
    copy_entries(table_, channels(), width_px_, out, [&](std::size_t x) { return stored[x]; });
    return;
  }
  const auto bits = static_cast<std::size_t>(bits_);
  copy_entries(table_, channels(), width_px_, out, [&](std::size_t x) { return number_at(stored, bits, x); });
}

template <class Sample>
void PngSamples::mark_clear(const std::uint8_t* stored, std::uint8_t* out) const {
  for (std::size_t x = 0; x < width_px_; ++x) {
    bool is_clear = true;
    for (std::size_t k = 0; k < stored_channels_; ++k, stored += sizeof(Sample), out += sizeof(Sample)) {
      const auto sample = static_cast<Sample>(sizeof(Sample) == 2 ? big_endian(stored) : *stored);
      is_clear = is_clear && sample == clear_[k];
      std::memcpy(out, &sample, sizeof sample);
    }
    const Sample alpha = is_clear ? 0 : static_cast<Sample>(0xffff);
    std::memcpy(out, &alpha, sizeof alpha);
    out += sizeof alpha;
  }
}

}  // namespace tokprep::still
