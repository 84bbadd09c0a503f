#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace tokprep::sandbox {

/// Who may call, and how often: one key, and so many calls a window for each profile behind it. A profile that goes
/// on calling is suspended after 1,000 refusals in a day, until the server is started anew.
/// Thread-safe.
class Gate {
 public:
  static constexpr int kRefusalsUntilSuspended = 1000;

  Gate(std::string api_key, int calls_per_window, std::chrono::milliseconds window)
      : api_key_(std::move(api_key)), calls_per_window_(calls_per_window), window_ms_(window.count()) {}

  /// True for "Bearer KEY" with our key. The time it takes tells nothing about the key.
  [[nodiscard]] bool knows(std::string_view authorization) const;

  struct Count {
    int calls = 0;  ///< in this window, with this one
    bool too_many = false;
    bool suspended = false;
  };

  /// Counts one call. The window opens with its first call; calls made while it is used up count as well.
  Count count_call(const std::string& profile, std::int64_t now_ms);

  [[nodiscard]] int calls_per_window() const { return calls_per_window_; }

  [[nodiscard]] const std::string& api_key() const { return api_key_; }

 private:
  struct Window {
    std::int64_t opened_ms = 0;
    int calls = 0;
    std::deque<std::int64_t> refused_ms;  // of the last day
    bool suspended = false;
  };

  const std::string api_key_;
  const int calls_per_window_;
  const std::int64_t window_ms_;
  std::mutex mutex_;
  std::map<std::string, Window> windows_;  // by profile; guarded by mutex_
};

}  // namespace tokprep::sandbox
