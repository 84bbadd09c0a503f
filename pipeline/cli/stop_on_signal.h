#pragma once

#include <memory>
#include <stop_token>

namespace tokprep::cli {

/// Turns SIGINT and SIGTERM into a stop; the second signal ends the process as usual. One per process, made by
/// `main` before any other thread. Also has SIGPIPE ignored, so that a reader that went away is an error of a write.
class StopOnSignal {
 public:
  StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal();

  [[nodiscard]] std::stop_token token() const;

  /// The exit code of a run that came to `code`: 130 or 143 where a signal kept it from being done.
  [[nodiscard]] int exit_code(int code) const;

 private:
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace tokprep::cli
