#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

namespace tokprep {

/// Remembers how fast the latest uploads were. Thread-safe.
class UploadSpeed {
 public:
  /// Notes one transfer of `at_once` that shared the line; one too small or too short to tell anything is passed over.
  void note(std::uint64_t sent_bytes, std::chrono::milliseconds took, int at_once = 1);

  /// What the whole line gave in the fastest of the latest few, in bytes a second; nothing before the first. The
  /// fastest, so that one slow moment refuses no file that has a chance.
  [[nodiscard]] std::optional<double> best_bytes_per_s() const;

 private:
  mutable std::mutex mutex_;
  std::deque<double> latest_;
};

}  // namespace tokprep
