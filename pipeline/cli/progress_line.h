#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "pipeline/cli/streams.h"
#include "pipeline/event.h"

namespace tokprep::cli {

/// One line at the bottom of a terminal that says how far the items under way are. Not thread-safe.
class ProgressLine {
 public:
  /// Draws at most every `interval`.
  ProgressLine(Writer err, std::size_t columns, std::chrono::milliseconds interval = std::chrono::milliseconds(100))
      : err_(std::move(err)), columns_(columns), interval_(interval) {}

  void begin(const std::string& item);
  void update(const ItemProgress& progress);
  void end(const std::string& item);

  /// Takes the line away, so that other text can be written; the next update draws it again.
  void clear();

 private:
  void draw(bool now);

  struct Stage {
    std::string name;
    double done = 0;
  };

  Writer err_;
  std::size_t columns_;
  std::chrono::milliseconds interval_;
  std::map<std::string, Stage> under_way_;
  int finished_ = 0;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace tokprep::cli
