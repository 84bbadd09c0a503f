#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tokprep::mp4 {

/// Big-endian numbers off the front of a view. Past the end every read gives 0 and `ok()` turns false, so a
/// parser reads a whole record and asks once.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }

  std::string_view bytes(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view front = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return front;
  }
  void skip(std::size_t count) { bytes(count); }

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    for (const char byte : bytes(count)) value = (value << 8U) | static_cast<std::uint8_t>(byte);
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace tokprep::mp4
