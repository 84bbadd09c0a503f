#include "pipeline/cli/streams.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file_descriptor.h"

namespace tokprep::cli {

void Stream::write(std::string_view text) {
  while (error_number_ == 0 && !text.empty()) {
    const auto written = ::write(fd_, text.data(), text.size());
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
