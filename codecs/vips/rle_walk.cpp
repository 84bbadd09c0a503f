#include "codecs/vips/rle_walk.h"

#include <unistd.h>

namespace tokprep::still {
namespace {

constexpr std::size_t kBufferBytes = 16384;

int number(std::string_view bytes, std::size_t index) { return static_cast<std::uint8_t>(bytes[index]); }

}  // namespace

std::string_view RleWalk::take(std::size_t size) {
  if (buffer_.size() - used_ < size) {
    buffer_at_ += used_;
    used_ = 0;
    buffer_.resize(kBufferBytes);
    const ssize_t got = ::pread(file_, buffer_.data(), buffer_.size(), static_cast<off_t>(buffer_at_));
    buffer_.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    if (buffer_.size() < size) return {};
  }
  const std::string_view taken = std::string_view(buffer_).substr(used_, size);
  used_ += size;
  return taken;
}

RleStep RleWalk::next() {
  using Kind = RleStep::Kind;
  const std::string_view head = take(2);
  if (head.empty()) return {};
  const int first = number(head, 0), second = number(head, 1);
  if (first > 0) return {Kind::kRun, first, head.substr(1, 1)};
  if (second == 0) return {Kind::kLineEnd};
  if (second == 1) return {Kind::kPictureEnd};
  if (second == 2) {
    const std::string_view move = take(2);
    if (move.empty()) return {};
    return {Kind::kMove, 0, {}, number(move, 0), number(move, 1)};
  }
  const int bytes = coding_ == BmpCoding::kRle8 ? second : (second + 1) / 2;
  const std::string_view indices = take(static_cast<std::size_t>(bytes + bytes % 2));  // filled up to a pair
  if (indices.empty()) return {};
  return {Kind::kLiteral, second, indices};
}

}  // namespace tokprep::still
