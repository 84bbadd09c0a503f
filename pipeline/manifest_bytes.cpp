#include "pipeline/manifest_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace tokprep {
namespace {

constexpr std::size_t kStepBytes = std::size_t{64} << 10;
constexpr int kLookForStopMs = 50;

/// What the shell makes of <(command), too.
bool is_pipe(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::is_fifo(file, error);
}

/// Not before somebody writes into it: what is read before would be taken for its end. A stop is heard meanwhile.
Result<FileDescriptor> open_fifo(const std::filesystem::path& file) {
  FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.valid()) return opened;
  Error error;
  error.code = ErrorCode::kInputUnreadable;
  error.file = file.string();
  error.native = errno;
  error.message = fmt::format("cannot read {}: {}", file.string(), std::strerror(errno));
  return fail(std::move(error));
}

}  // namespace

Result<ManifestBytes> ManifestBytes::open(const std::filesystem::path& file, std::stop_token stop) {
  if (file == "-") return ManifestBytes({}, STDIN_FILENO, std::move(stop));
  TOKPREP_ASSIGN(FileDescriptor opened, is_pipe(file) ? open_fifo(file) : open_for_reading(file));
  const int fd = opened.get();
  return ManifestBytes(std::move(opened), fd, std::move(stop));
}

ManifestBytes ManifestBytes::of(std::string text) {
  ManifestBytes bytes({}, -1, {});
  bytes.buffer_ = std::move(text);
  bytes.ended_ = true;
  return bytes;
}

bool ManifestBytes::fill() {
  while (!ended_ && !stop_.stop_requested()) {
    pollfd input{fd_, POLLIN, 0};
    if (::poll(&input, 1, kLookForStopMs) <= 0) continue;
    buffer_.resize(kStepBytes);
    next_ = 0;
    const ssize_t got = ::read(fd_, buffer_.data(), buffer_.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) error_number_ = errno;
    buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    ended_ = got <= 0;
    return got > 0;
  }
  return false;
}

int ManifestBytes::peek() {
  if (next_ == buffer_.size() && !fill()) return kEnd;
  return static_cast<unsigned char>(buffer_[next_]);
}

int ManifestBytes::take() {
  const int byte = peek();
  if (byte == kEnd) return kEnd;
  ++next_;
  if (byte == '\n') ++line_;
  return byte;
}

std::string ManifestBytes::take_line(std::size_t limit_bytes, bool& cut) {
  std::string text;
  cut = false;
  for (int byte = take(); byte != kEnd && byte != '\n'; byte = take()) {
    cut = text.size() == limit_bytes;
    if (!cut) text += static_cast<char>(byte);
  }
  return text;
}

Status ManifestBytes::status() const {
  if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
  if (error_number_ == 0) return {};
  return fail(ErrorCode::kIo, fmt::format("cannot read the manifest: {}", std::strerror(error_number_)), error_number_);
}

}  // namespace tokprep
