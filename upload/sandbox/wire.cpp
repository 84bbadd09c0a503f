#include "upload/sandbox/wire.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tokprep::sandbox {
namespace {

thread_local Wire* served_here = nullptr;

}  // namespace

StopSignal::StopSignal() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void StopSignal::raise() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);
}

bool StopSignal::raised() const {
  pollfd event{event_.get(), POLLIN, 0};
  return ::poll(&event, 1, 0) > 0;
}

bool StopSignal::wait(int fd, short events, std::chrono::milliseconds at_most) const {
  const auto until = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    std::array<pollfd, 2> watched{pollfd{fd, events, 0}, pollfd{event_.get(), POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && watched[1].revents == 0;
  }
}

bool StopSignal::sleep(std::chrono::milliseconds duration) const {
  static_cast<void>(wait(-1, 0, duration));  // a negative descriptor is never ready
  return !raised();
}

Wire::Wire(int socket, const StopSignal& stop) : socket_(socket), stop_(stop) { served_here = this; }

Wire::~Wire() {
  served_here = nullptr;
  if (!cut_) ::shutdown(socket_.get(), SHUT_RDWR);
}

Wire* Wire::of_this_thread() { return served_here; }

bool Wire::wait_for_request(std::chrono::milliseconds at_most) {
  readable_bytes_.reset();
  travel_.reset();
  answering_ = in_body_ = false;
  if (begin_ < end_) return true;
  if (!stop_.wait(socket_.get(), POLLIN, at_most)) return false;
  char byte = 0;
  return ::recv(socket_.get(), &byte, 1, MSG_PEEK) > 0;
}

void Wire::cut(bool reset) {
  if (cut_) return;
  cut_ = true;
  if (reset) {
    const linger at_once{1, 0};  // close() then sends RST, whatever is still on its way
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  } else {
    ::shutdown(socket_.get(), SHUT_RDWR);
  }
}

bool Wire::is_readable() const { return begin_ < end_ || stop_.wait(socket_.get(), POLLIN, kPatience); }

bool Wire::is_writable() const {
  pollfd watched{socket_.get(), POLLOUT, 0};
  return !cut_ && ::poll(&watched, 1, static_cast<int>(kPatience.count())) > 0;
}

bool Wire::fill() {
  if (!stop_.wait(socket_.get(), POLLIN, kPatience)) return false;
  ssize_t got = 0;
  do got = ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
  while (got < 0 && errno == EINTR);
  begin_ = 0;
  end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got > 0;
}

ssize_t Wire::read(char* into, std::size_t size) {
  if (readable_bytes_ == std::size_t{0}) cut(true);
  if (cut_ || (begin_ == end_ && !fill())) return -1;
  std::size_t given = std::min(size, end_ - begin_);
  if (readable_bytes_) {
    given = std::min(given, *readable_bytes_);
    *readable_bytes_ -= given;
  }
  std::memcpy(into, buffer_.data() + begin_, given);
  begin_ += given;
  return static_cast<ssize_t>(given);
}

bool Wire::send_all(const char* bytes, std::size_t size) {
  while (size > 0) {
    if (!is_writable()) return false;
    const ssize_t sent = ::send(socket_.get(), bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool Wire::send_in_pieces(const char* bytes, std::size_t size) {
  if (travel_->piece_bytes == 0) return send_all(bytes, size);
  while (size > 0) {
    const std::size_t piece = std::min(size, travel_->piece_bytes);
    if (!send_all(bytes, piece) || !stop_.sleep(travel_->piece_every)) return false;
    bytes += piece;
    size -= piece;
  }
  return true;
}

/// How much of `size` may go out. httplib writes the head of an answer in one piece.
std::size_t Wire::sendable(const char* bytes, std::size_t size) {
  if (!travel_->body_limit_bytes) return size;
  std::size_t head = 0;
  if (!in_body_) {
    const std::size_t end = std::string_view(bytes, size).find("\r\n\r\n");
    if (end == std::string_view::npos) return size;
    in_body_ = true;
    head = end + 4;
  }
  const std::size_t body = std::min(size - head, *travel_->body_limit_bytes);
  *travel_->body_limit_bytes -= body;
  return head + body;
}

ssize_t Wire::write(const char* bytes, std::size_t size) {
  if (cut_) return -1;
  if (!travel_) return send_all(bytes, size) ? static_cast<ssize_t>(size) : -1;
  if (!answering_) {
    answering_ = true;
    const bool stopped = travel_->hold.count() > 0 && !stop_.sleep(travel_->hold);
    if (travel_->lost || stopped) {
      cut(travel_->reset);
      return -1;
    }
  }
  const std::size_t allowed = sendable(bytes, size);
  const bool sent = send_in_pieces(bytes, allowed);
  if (sent && allowed == size) return static_cast<ssize_t>(size);
  cut(false);  // by RST the client could lose what it has not read yet
  return -1;
}

void Wire::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

void Wire::get_local_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

}  // namespace tokprep::sandbox
