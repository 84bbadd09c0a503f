#include "pipeline/cli/streams.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/file_descriptor.h"

namespace tokprep::cli {

/// False once a reader has taken nothing since a stop, and for a while.
bool Stream::wait_for_room() const {
  constexpr int kLookEveryMs = 100, kMostLooks = 20;
  for (int looks = 0; looks < kMostLooks;) {
    pollfd ready{fd_, POLLOUT, 0};
    if (::poll(&ready, 1, kLookEveryMs) != 0) return true;  // room, or an error that the write will tell
    if (stop_.stop_requested()) ++looks;
  }
  return false;
}

void Stream::write(std::string_view text) {
  while (error_number_ == 0 && !text.empty()) {
    if (!wait_for_room()) {
      error_number_ = EAGAIN;
      return;
    }
    // What poll found room for in a pipe; more of it would block.
    const auto written = ::write(fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written >= 0) text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR) error_number_ = errno;
  }
}

bool Stream::is_terminal() const { return ::isatty(fd_) == 1; }

TerminalSize Stream::size() const {
  const pid_t foreground = ::tcgetpgrp(fd_);
  if (foreground > 0 && foreground != ::getpgrp()) return {};
  winsize size{};
  if (::ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {80, 24};
  return {size.ws_col, size.ws_row};
}

Status Stream::status() const {
  if (error_number_ == 0 || error_number_ == EPIPE) return {};
  return fail(code_of_write_errno(error_number_),
              fmt::format("cannot write the output: {}", std::strerror(error_number_)), error_number_);
}

}  // namespace tokprep::cli
