#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tokprep::still {

/// Bounded reads from the bytes of a file. A read past the end gives 0 and is remembered in `cut()`,
/// so that a parser checks once, at the end of a structure.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes, bool little_endian = false)
      : bytes_(bytes), little_endian_(little_endian) {}

  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool cut() const { return cut_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }

  /// A number of 0 to 8 bytes.
  std::uint64_t number(std::size_t width) {
    const std::string_view taken = take(width);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const std::size_t place = little_endian_ ? taken.size() - 1 - i : i;
      value = value << 8 | static_cast<std::uint8_t>(taken[place]);
    }
    return value;
  }

  /// The next `size` bytes; empty, and `cut()`, where there are fewer.
  std::string_view take(std::size_t size) {
    if (size > left()) {
      cut_ = true;
      at_ = bytes_.size();
      return {};
    }
    const std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }

  void skip(std::size_t size) { take(size); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool little_endian_;
  bool cut_ = false;
};

}  // namespace tokprep::still
