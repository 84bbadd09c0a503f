#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "codecs/mp4/box.h"

namespace tokprep::mp4 {

/// Big-endian numbers and nested boxes, appended to a string. A box's size is filled in once its body is there;
/// bodies stay below 4 GB.
class BoxWriter {
 public:
  void u8(std::uint64_t value) { number(value, 1); }
  void u16(std::uint64_t value) { number(value, 2); }
  void u24(std::uint64_t value) { number(value, 3); }
  void u32(std::uint64_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  /// 32 or 64 bits, as the version of a box asks.
  void sized(std::uint64_t value, bool wide) { number(value, wide ? 8 : 4); }
  void bytes(std::string_view text) { out_.append(text); }
  void zeros(std::size_t count) { out_.append(count, '\0'); }

  /// A box whose body is what `write_body` appends.
  template <class WriteBody>
  void box(FourCc type, WriteBody&& write_body) {
    const std::size_t start = out_.size();
    u32(0);
    u32(type);
    std::forward<WriteBody>(write_body)();
    BoxWriter size;
    size.u32(out_.size() - start);
    out_.replace(start, 4, size.out_);
  }

  /// A box that begins with its version and flags.
  template <class WriteBody>
  void full_box(FourCc type, unsigned version, std::uint32_t flags, WriteBody&& write_body) {
    box(type, [&] {
      u8(version);
      u24(flags);
      std::forward<WriteBody>(write_body)();
    });
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void number(std::uint64_t value, std::size_t count) {
    std::array<char, 8> digits{};
    for (std::size_t i = count; i > 0; --i, value >>= 8U) digits[i - 1] = static_cast<char>(value & 0xFFU);
    out_.append(digits.data(), count);
  }

  std::string out_;
};

}  // namespace tokprep::mp4
