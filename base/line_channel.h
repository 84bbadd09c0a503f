#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/result.h"

namespace tokprep {

/// JSON lines over a pair of descriptors: how the pipeline and its workers talk. Over a UNIX socket, open files can
/// go with a line.
///
/// Owns neither descriptor. One thread at a time. A line longer than 16 MiB ends the channel.
class LineChannel {
 public:
  LineChannel(int read_fd, int write_fd);

  /// Writes one line, whole. Error: kIo when the other side is gone (EPIPE, ECONNRESET; SIGPIPE must be ignored), when
  /// it takes nothing for as long as the socket's SO_SNDTIMEO says (EAGAIN), or the system has no room for it; the line
  /// may then be half written.
  Status send(const Json& message);

  /// The same, and gives the other side a descriptor for each of `files` (at most 16), which stay open here as well.
  /// The channel must write to a UNIX socket.
  Status send(const Json& message, std::span<const int> files);

  /// The next line; nothing at the end of the stream. Waits at most `patience` (forever by default).
  /// Errors: kTimeout, kCancelled, kIo, kInvalidArgument (a line that is not JSON).
  Result<std::optional<Json>> receive(std::stop_token stop = {},
                                      std::optional<std::chrono::milliseconds> patience = std::nullopt);

  /// The descriptors that came since the last call, in the order they were sent: those of the line just received,
  /// where the other side sends none before the last was answered. Empty where this does not read from a UNIX socket.
  std::vector<FileDescriptor> take_files();

 private:
  Status write_all(std::string_view bytes);
  ssize_t read_some(std::span<char> chunk);

  int read_fd_;
  int write_fd_;
  bool reads_socket_;
  std::vector<FileDescriptor> files_;
  std::string buffer_;
  std::size_t scanned_ = 0;  // bytes of buffer_ known to hold no newline
};

}  // namespace tokprep
