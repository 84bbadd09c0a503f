#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/cli/streams.h"
#include "pipeline/cli/time_left.h"
#include "pipeline/event.h"

namespace tokprep::cli {

/// How far a batch is, as lines for a terminal: one an item under way, and a total. Draws nothing itself; times come
/// from the caller. Not thread-safe.
class Progress {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// What the batch consists of: the bytes of each item's sources, by its name. Without it there is no total to go by.
  /// Counts anew.
  void expect(const std::unordered_map<std::string, std::uint64_t>& sizes_bytes);

  /// What has joined it; items that have not ended count once.
  void expect_more(const std::unordered_map<std::string, std::uint64_t>& sizes_bytes);

  void begin(const std::string& item, TimePoint now);
  void update(const ItemProgress& progress, TimePoint now);

  enum class End { kDone, kSkipped, kFailed };
  void end(const std::string& item, End how);

  [[nodiscard]] bool is_active() const { return !under_way_.empty(); }

  /// At most as many lines as fit a part of `size`, each narrower than it; the total is the last one.
  [[nodiscard]] std::vector<std::string> lines(TerminalSize size, TimePoint now) const;

 private:
  struct UnderWay {
    std::string stage;
    double done = 0;
    TimePoint stage_began;
    double worked = 0;  ///< how much of the item's work is behind it, 0 to 1
    std::uint64_t size_bytes = 0;
  };

  [[nodiscard]] std::string item_line(const std::string& item, const UnderWay& under_way, std::size_t columns,
                                      TimePoint now) const;
  [[nodiscard]] std::string total_line(TimePoint now) const;
  [[nodiscard]] std::string speed_text(std::uint64_t partly_bytes, TimePoint now) const;
  [[nodiscard]] std::uint64_t partly_bytes() const;
  [[nodiscard]] std::size_t finished() const { return done_ + skipped_ + failed_; }

  std::unordered_map<std::string, std::uint64_t> sizes_bytes_;  // of items that have not ended
  std::size_t expected_ = 0;
  std::map<std::string, UnderWay> under_way_;
  std::size_t done_ = 0;
  std::size_t skipped_ = 0;
  std::size_t failed_ = 0;
  TimePoint began_;
  TimeLeft time_left_;
};

}  // namespace tokprep::cli
