#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/observer.h"
#include "base/result.h"

namespace tokprep {

class InputFiles;

/// How far one stage of one item is. `done` runs from 0 to 1; stages: probe, transcode, convert,
/// thumbnail, verify, upload, post.
struct Progress {
  std::string stage;
  double done = 0;
};

/// What a long call needs from its surroundings; passed down, never global.
/// `progress` may be called from the thread that runs the call; empty means nobody listens.
struct RunContext {
  std::stop_token stop;
  std::function<void(const Progress&)> progress;
  /// How many threads a job of the call may use, told what it will cost on one core; empty: as many as it likes.
  std::function<int(std::chrono::duration<double> predicted_cost)> threads_for = {};
  Clock* clock = &system_clock();
  Observer* observer = nullptr;        ///< null: nobody listens
  std::string item = {};               ///< what notes to the observer are about
  const InputFiles* inputs = nullptr;  ///< how the files of the item are opened (`open_input`); null: as any file

  /// `message()` is built only where somebody listens.
  template <class Message>
  void note(LogLevel level, Message&& message) const {
    if (observer != nullptr) observer->note(level, item, message());
  }

  void report(std::string stage, double done) const {
    if (progress) progress({std::move(stage), done});
  }

  /// kCancelled once a stop was asked for.
  [[nodiscard]] Status check_stop() const {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
    return {};
  }
};

}  // namespace tokprep
