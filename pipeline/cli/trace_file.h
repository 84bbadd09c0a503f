#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/json.h"
#include "pipeline/cli/append_file.h"

namespace tokprep::cli {

/// What was done when, as Chrome's trace events: https://ui.perfetto.dev and chrome://tracing show it. The array form,
/// one event a line, written as they come: of a run that was killed everything up to that moment can be read, as both
/// readers do without the closing bracket. Thread-safe.
///
/// A thread has a track of its own from its outermost span to the end of that; then the track is free for another.
class TraceFile {
 public:
  /// True of the first bytes of a trace.
  static bool begins(std::string_view head);

  explicit TraceFile(AppendFile file);
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  /// Completes the array.
  ~TraceFile();

  void begin_span(std::string_view name, const Json& arguments);
  void end_span();
  void count(std::string_view name, int change);

 private:
  struct Track {
    int number = 0;
    std::vector<std::string> open;  ///< spans, outermost first
  };

  [[nodiscard]] Json event(std::string_view phase, std::string_view name, int track) const;
  int free_track();
  void write(const Json& event);

  AppendFile file_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::map<std::thread::id, Track> tracks_;
  std::vector<bool> taken_;  // by number of the track, from 1
  std::map<std::string, int, std::less<>> counters_;
};

}  // namespace tokprep::cli
