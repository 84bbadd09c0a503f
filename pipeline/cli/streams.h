#pragma once

#include <functional>
#include <stop_token>
#include <string_view>
#include <utility>

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

  /// Waits for a slow reader; one that takes nothing for two seconds after a stop was asked for is given up.
  void write(std::string_view text);

  void give_up_after(std::stop_token stop) { stop_ = std::move(stop); }

  [[nodiscard]] bool is_terminal() const;
  /// Of the terminal, as it is now; 80 by 24 where unknown. Nothing while we are in its background, where others write.
  [[nodiscard]] TerminalSize size() const;
  /// kNoSpace or kIo once a write failed; a reader that went away is no failure of ours.
  [[nodiscard]] Status status() const;

 private:
  bool wait_for_room() const;

  int fd_;
  int error_number_ = 0;
  std::stop_token stop_;
};

}  // namespace tokprep::cli
