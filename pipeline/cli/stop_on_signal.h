#pragma once

#include <functional>
#include <memory>
#include <stop_token>

namespace tokprep::cli {

/// Turns SIGINT, SIGTERM and SIGHUP (unless nohup has it ignored) into a stop; a second one, of the same kind or
/// another, ends the process as usual, but not within a fifth of a second of the first. One per process, made by `main`
/// before any other thread. Also has SIGPIPE and SIGXFSZ ignored, so that a reader that went away and a file that may
/// not grow are errors of a write.
class StopOnSignal {
 public:
  StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal();

  [[nodiscard]] std::stop_token token() const;

  /// The exit code of a run that came to `code`: 129, 130 or 143 where a signal kept it from being done.
  [[nodiscard]] int exit_code(int code) const;

  /// While the returned guard lives, Ctrl-Z (SIGTSTP) first calls `before`, then suspends the process, and calls
  /// `after` once it goes on. Both on a thread of this class, which the guard's end waits for.
  using Guard = std::shared_ptr<void>;
  [[nodiscard]] Guard on_suspend(std::function<void()> before, std::function<void()> after) const;

  /// The same for SIGHUP, which otherwise is a stop.
  [[nodiscard]] Guard on_hangup(std::function<void()> action) const;

 private:
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace tokprep::cli
