#include "base/line_channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tokprep {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20;
// How soon a stop is noticed while nothing arrives.
constexpr std::chrono::milliseconds kPollStep{50};

}  // namespace

Status LineChannel::send(const Json& message) {
  const std::string line = to_wire(message) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(write_fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return fail(ErrorCode::kIo, fmt::format("cannot write to the pipe: {}", std::strerror(errno)), errno);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::optional<Json>> LineChannel::receive(std::stop_token stop,
                                                 std::optional<std::chrono::milliseconds> patience) {
  const auto started = std::chrono::steady_clock::now();
  while (true) {
    const auto newline = buffer_.find('\n', scanned_);
    if (newline != std::string::npos) {
      const std::string line = buffer_.substr(0, newline);
      buffer_.erase(0, newline + 1);
      scanned_ = 0;
      TOKPREP_ASSIGN(Json message, from_wire(line, "line from the pipe"));
      return std::optional<Json>(std::move(message));
    }
    scanned_ = buffer_.size();
    if (buffer_.size() > kMaxLineBytes) return fail(ErrorCode::kIo, "a line from the pipe is longer than 64 MiB");
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
    if (patience && std::chrono::steady_clock::now() - started > *patience) {
      return fail(ErrorCode::kTimeout, fmt::format("nothing was heard for {} s", patience->count() / 1000));
    }
    pollfd waiting{read_fd_, POLLIN, 0};
    const int timeout = stop.stop_possible() || patience ? static_cast<int>(kPollStep.count()) : -1;
    const int ready = ::poll(&waiting, 1, timeout);
    if (ready <= 0) continue;
    std::array<char, 1 << 16> chunk;
    const ssize_t got = ::read(read_fd_, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::kIo, fmt::format("cannot read from the pipe: {}", std::strerror(errno)), errno);
    if (got == 0) return std::optional<Json>();
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace tokprep
