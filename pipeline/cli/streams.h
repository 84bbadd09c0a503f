#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace tokprep::cli {

/// Takes text as it is; how tests read what a sink writes.
using Writer = std::function<void(std::string_view)>;

struct TerminalSize {
  std::size_t columns = 0;
  std::size_t rows = 0;
};

/// A standard stream, unbuffered: what was written is out. Not thread-safe; sinks lock.
///
/// A failed write is remembered and ends all further ones, as a half-written line must not be followed by others.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}

  void write(std::string_view text);

  [[nodiscard]] bool is_terminal() const;
  /// Of the terminal, as it is now; 80 by 24 where unknown. Nothing while we are in its background, where others write.
  [[nodiscard]] TerminalSize size() const;
  /// kNoSpace or kIo once a write failed; a reader that went away is no failure of ours.
  [[nodiscard]] Status status() const;

 private:
  int fd_;
  int error_number_ = 0;
};

}  // namespace tokprep::cli
