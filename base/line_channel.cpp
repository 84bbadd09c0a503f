#include "base/line_channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tokprep {
namespace {

// Room for the key frames of twelve hours of which every frame is one; other lines are kilobytes.
constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20;
// How soon a stop is noticed while nothing arrives.
constexpr std::chrono::milliseconds kPollStep{50};
constexpr std::size_t kMostFiles = 16;

tl::unexpected<Error> gone(int error_number) {
  return fail(ErrorCode::kIo, fmt::format("cannot write to the pipe: {}", std::strerror(error_number)), error_number);
}

}  // namespace

LineChannel::LineChannel(int read_fd, int write_fd) : read_fd_(read_fd), write_fd_(write_fd) {
  struct stat status {};
  reads_socket_ = ::fstat(read_fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

Status LineChannel::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(write_fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return gone(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status LineChannel::send(const Json& message) { return write_all(to_wire(message) + "\n"); }

Status LineChannel::send(const Json& message, std::span<const int> files) {
  if (files.empty()) return send(message);
  if (files.size() > kMostFiles) return fail(ErrorCode::kInternal, "too many files for one line");
  std::string line = to_wire(message) + "\n";
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostFiles)> control{};
  iovec text{line.data(), line.size()};
  msghdr packet{};
  packet.msg_iov = &text;
  packet.msg_iovlen = 1;
  packet.msg_control = control.data();
  packet.msg_controllen = CMSG_SPACE(files.size_bytes());
  cmsghdr* header = CMSG_FIRSTHDR(&packet);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(files.size_bytes());
  std::memcpy(CMSG_DATA(header), files.data(), files.size_bytes());
  ssize_t sent = -1;
  do sent = ::sendmsg(write_fd_, &packet, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) return gone(errno);
  return write_all(std::string_view(line).substr(static_cast<std::size_t>(sent)));
}

std::vector<FileDescriptor> LineChannel::take_files() { return std::exchange(files_, {}); }

ssize_t LineChannel::read_some(std::span<char> chunk) {
  if (!reads_socket_) return ::read(read_fd_, chunk.data(), chunk.size());
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostFiles)> control{};
  iovec text{chunk.data(), chunk.size()};
  msghdr packet{};
  packet.msg_iov = &text;
  packet.msg_iovlen = 1;
  packet.msg_control = control.data();
  packet.msg_controllen = control.size();
  const ssize_t got = ::recvmsg(read_fd_, &packet, MSG_CMSG_CLOEXEC);
  if (got <= 0) return got;
  for (cmsghdr* header = CMSG_FIRSTHDR(&packet); header != nullptr; header = CMSG_NXTHDR(&packet, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    std::array<int, kMostFiles> files{};
    const std::size_t bytes = std::min(header->cmsg_len - CMSG_LEN(0), sizeof(files));
    std::memcpy(files.data(), CMSG_DATA(header), bytes);
    for (std::size_t i = 0; i < bytes / sizeof(int); ++i) files_.emplace_back(files[i]);
  }
  return got;
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
    if (buffer_.size() > kMaxLineBytes) return fail(ErrorCode::kIo, "a line from the pipe is longer than 16 MiB");
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
    if (patience && std::chrono::steady_clock::now() - started > *patience) {
      return fail(ErrorCode::kTimeout, fmt::format("nothing was heard for {} s", patience->count() / 1000));
    }
    pollfd waiting{read_fd_, POLLIN, 0};
    const int timeout = stop.stop_possible() || patience ? static_cast<int>(kPollStep.count()) : -1;
    const int ready = ::poll(&waiting, 1, timeout);
    if (ready <= 0) continue;
    std::array<char, 1 << 16> chunk;
    const ssize_t got = read_some(chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::kIo, fmt::format("cannot read from the pipe: {}", std::strerror(errno)), errno);
    if (got == 0) return std::optional<Json>();
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace tokprep
