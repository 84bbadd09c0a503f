#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tokprep::av {

/// Bits off the front of a codec header. Past the end every read gives 0 and `ok()` turns false, so a parser
/// reads a whole header and asks once. Copies nothing; the bytes must outlive it.
class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  /// Up to 32 bits, first bit highest.
  std::uint32_t bits(int count);
  bool flag() { return bits(1) != 0; }
  void skip(std::uint64_t count);

  /// Exp-Golomb codes, as H.264 and HEVC write numbers of unknown size. One longer than 32 bits is damage.
  std::uint32_t ue();
  std::int32_t se();

  [[nodiscard]] std::uint64_t left() const { return bytes_.size() * 8 - at_; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string_view bytes_;
  std::uint64_t at_ = 0;  // bits
  bool ok_ = true;
};

/// A NAL unit without the bytes that only keep it from looking like a start code (00 00 03 -> 00 00).
std::string without_emulation_prevention(std::string_view nal_unit);

}  // namespace tokprep::av
