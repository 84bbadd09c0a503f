#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace tokprep::cli {

/// Takes text as it is; how tests read what a sink writes.
using Writer = std::function<void(std::string_view)>;

/// A standard stream, unbuffered: what was written is out. Not thread-safe; sinks lock.
///
/// A failed write is remembered and ends all further ones, as a half-written line must not be followed by others.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}

  void write(std::string_view text);

  [[nodiscard]] bool is_terminal() const;
  /// Width of the terminal; 80 where unknown.
  [[nodiscard]] std::size_t columns() const;
  /// kNoSpace or kIo once a write failed; a reader that went away is no failure of ours.
  [[nodiscard]] Status status() const;

 private:
  int fd_;
  int error_number_ = 0;
};

}  // namespace tokprep::cli
