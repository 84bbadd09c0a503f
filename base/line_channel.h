#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace tokprep {

/// JSON lines over a pair of descriptors: how the pipeline and its workers talk.
///
/// Owns neither descriptor. One thread at a time. A line longer than 64 MiB ends the channel.
class LineChannel {
 public:
  LineChannel(int read_fd, int write_fd) : read_fd_(read_fd), write_fd_(write_fd) {}

  /// Writes one line, whole. Error: kIo when the other side is gone (SIGPIPE must be ignored).
  Status send(const Json& message);

  /// The next line; nothing at the end of the stream. Waits at most `patience` (forever by default).
  /// Errors: kTimeout, kCancelled, kIo, kInvalidArgument (a line that is not JSON).
  Result<std::optional<Json>> receive(std::stop_token stop = {},
                                      std::optional<std::chrono::milliseconds> patience = std::nullopt);

 private:
  int read_fd_;
  int write_fd_;
  std::string buffer_;
  std::size_t scanned_ = 0;  // bytes of buffer_ known to hold no newline
};

}  // namespace tokprep
