#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace tokprep::cli {

/// How long a batch will still take, judged by the bytes of its sources rather than by how many there are: a folder of
/// pictures and one film is not half done with half its files. What an earlier run had done counts neither as work nor
/// as speed. Says nothing while it can only guess.
class TimeLeft {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// The batch, known before it begins; then what joins it.
  void expect(std::uint64_t size_bytes) { expected_bytes_ += size_bytes; }
  void begin(TimePoint now);
  void worked(std::uint64_t size_bytes) { worked_bytes_ += size_bytes; }
  void skipped(std::uint64_t size_bytes) { skipped_bytes_ += size_bytes; }

  /// `partly_bytes`: done of what is under way.
  [[nodiscard]] std::optional<std::chrono::seconds> left(std::uint64_t partly_bytes, TimePoint now) const;
  /// Of sources worked through, in bytes a second; nothing at the start.
  [[nodiscard]] std::optional<double> speed_bytes_per_s(std::uint64_t partly_bytes, TimePoint now) const;

 private:
  std::uint64_t expected_bytes_ = 0;
  std::uint64_t worked_bytes_ = 0;
  std::uint64_t skipped_bytes_ = 0;
  std::optional<TimePoint> began_;
};

/// The rest of something that is `done` (0 to 1) after `elapsed`; nothing where that is too little to tell.
std::optional<std::chrono::seconds> rest_of(double done, std::chrono::steady_clock::duration elapsed);

/// "12 s", "4 min", "1 h 05 min": no finer than it can be known.
std::string about(std::chrono::seconds time);

}  // namespace tokprep::cli
