#include "codecs/av/bit_reader.h"

#include <algorithm>

namespace tokprep::av {

std::uint32_t BitReader::bits(int count) {
  if (static_cast<std::uint64_t>(count) > left()) {
    ok_ = false;
    at_ = bytes_.size() * 8;
    return 0;
  }
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i, ++at_) {
    const auto byte = static_cast<std::uint8_t>(bytes_[at_ / 8]);
    value = (value << 1U) | ((byte >> (7U - at_ % 8)) & 1U);
  }
  return value;
}

void BitReader::skip(std::uint64_t count) {
  if (count > left()) ok_ = false;
  at_ += std::min<std::uint64_t>(count, left());
}

std::uint32_t BitReader::ue() {
  constexpr int kLongestPrefix = 31;
  int zeros = 0;
  while (ok_ && !flag() && zeros <= kLongestPrefix) ++zeros;
  if (!ok_ || zeros > kLongestPrefix) {
    ok_ = false;
    return 0;
  }
  return (std::uint32_t{1} << static_cast<unsigned>(zeros)) - 1 + bits(zeros);
}

std::int32_t BitReader::se() {
  const std::uint32_t code = ue();
  const auto half = static_cast<std::int32_t>(code / 2);
  return code % 2 == 1 ? half + 1 : -half;
}

std::string without_emulation_prevention(std::string_view nal_unit) {
  std::string bytes;
  bytes.reserve(nal_unit.size());
  int zeros = 0;
  for (const char byte : nal_unit) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    bytes += byte;
  }
  return bytes;
}

}  // namespace tokprep::av
