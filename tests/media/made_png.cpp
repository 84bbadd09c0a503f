#include "tests/media/made_png.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <vector>

namespace tokprep::test {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);

int channels_of(int colour) {
  switch (colour) {
    case 2:
      return 3;
    case 4:
      return 2;
    case 6:
      return 4;
    default:
      return 1;
  }
}

int paeth(int left, int above, int corner) {
  const int guess = left + above - corner;
  const std::array<int, 3> candidates{left, above, corner};
  return *std::ranges::min_element(candidates, {}, [&](int value) { return std::abs(guess - value); });
}

int prediction(int filter, int left, int above, int corner) {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) / 2;
    case 4:
      return paeth(left, above, corner);
    default:
      return 0;
  }
}

std::string filtered(int filter, const std::string& row, const std::string& above, std::size_t step) {
  const auto at = [](const std::string& bytes, std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  std::string out(1, static_cast<char>(filter));
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int left = i < step ? 0 : at(row, i - step);
    const int corner = i < step ? 0 : at(above, i - step);
    out += static_cast<char>(at(row, i) - prediction(filter, left, at(above, i), corner));
  }
  return out;
}

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

std::uint32_t checksum_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

}  // namespace

std::string big_endian(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = width; i-- > 0;) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

std::string png_chunk(std::string_view type, std::string_view data) {
  const std::string judged = std::string(type) + std::string(data);
  return big_endian(data.size(), 4) + judged + big_endian(checksum_of(judged), 4);
}

std::string packed_by_zlib(const std::string& bytes, int window_bits) {
  z_stream stream{};
  ::deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string packed(::deflateBound(&stream, static_cast<uLong>(bytes.size())) + 64, '\0');
  std::string copy = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

std::size_t MadePng::row_bytes() const {
  return (static_cast<std::size_t>(width_px) * static_cast<std::size_t>(channels_of(colour) * bit_depth) + 7) / 8;
}

std::string MadePng::rows() const {
  std::mt19937 random(seed);
  const auto step = static_cast<std::size_t>(std::max(1, channels_of(colour) * bit_depth / 8));
  std::string above(row_bytes(), '\0');
  std::string all;
  for (int y = 0; y < height_px; ++y) {
    std::string row = above;
    // Runs of noise and runs that repeat the row above: both ends of every filter's range, and some packing to do.
    for (char& byte : row) {
      if (random() % 4 != 0) byte = static_cast<char>(random() % 3 == 0 ? random() : 16 * (random() % 3));
    }
    all += filtered(filter < 0 ? y % 5 : filter, row, above, step);
    above = row;
  }
  return all;
}

std::string MadePng::bytes() const { return bytes_with(packed_by_zlib(rows() + behind_rows)); }

std::string MadePng::bytes_with(const std::string& packed) const {
  std::string header = big_endian(static_cast<std::uint64_t>(width_px), 4);
  header += big_endian(static_cast<std::uint64_t>(height_px), 4);
  for (const int value : {bit_depth, colour, 0, 0, interlaced ? 1 : 0}) header += static_cast<char>(value);
  std::string file = std::string(kSignature) + png_chunk("IHDR", header) + extra_chunks;
  if (!palette.empty()) file += png_chunk("PLTE", palette);
  if (transparency) file += png_chunk("tRNS", *transparency);
  for (std::size_t at = 0; at < packed.size(); at += idat_bytes) {
    file += png_chunk("IDAT", std::string_view(packed).substr(at, idat_bytes));
    if (empty_idats) file += png_chunk("IDAT", "");
  }
  return file + png_chunk("IEND", "");
}

std::string with_right_checksums(std::string png) {
  std::size_t at = kSignature.size();
  while (at + 12 <= png.size()) {
    const std::size_t size = number_at(png, at);
    if (size > png.size() - at - 12) break;
    png.replace(at + 8 + size, 4, big_endian(checksum_of(std::string_view(png).substr(at + 4, 4 + size)), 4));
    at += 12 + size;
  }
  return png;
}

bool has_sound_pixels(const std::string& png) {
  std::string packed;
  std::size_t at = kSignature.size();
  bool begun = false;
  while (at + 8 <= png.size()) {
    const std::size_t size = number_at(png, at);
    const bool pixels = png.compare(at + 4, 4, "IDAT") == 0;
    if (begun && !pixels) break;
    begun = pixels;
    if (png.size() - at < 12 || size > png.size() - at - 12) return false;
    if (pixels) {
      const std::uint32_t sum = checksum_of(std::string_view(png).substr(at + 4, 4 + size));
      if (sum != number_at(png, at + 8 + size)) return false;
      packed += png.substr(at + 8, size);
    }
    at += 12 + size;
  }
  z_stream stream{};
  ::inflateInit(&stream);
  ::inflateValidate(&stream, 0);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::vector<Bytef> out(1 << 20);
  int code = Z_OK;
  while (code == Z_OK) {
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    code = ::inflate(&stream, Z_NO_FLUSH);
  }
  ::inflateEnd(&stream);
  return code == Z_STREAM_END;
}

}  // namespace tokprep::test
