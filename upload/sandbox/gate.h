#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace tokprep::sandbox {

/// Who may call, and how often: one key, and 300 calls in five minutes for each profile behind it.
/// Thread-safe.
class Gate {
 public:
  static constexpr int kCallsPerWindow = 300;
  static constexpr std::int64_t kWindowMs = 300'000;

  explicit Gate(std::string api_key) : api_key_(std::move(api_key)) {}

  /// True for "Bearer KEY" with our key. The time it takes tells nothing about the key.
  [[nodiscard]] bool knows(std::string_view authorization) const;

  /// Counts one call. The window opens with its first call; calls made while it is used up count as well.
  /// Returns how many there were: more than `kCallsPerWindow` is too many.
  int count_call(const std::string& profile, std::int64_t now_ms);

  [[nodiscard]] const std::string& api_key() const { return api_key_; }

 private:
  struct Window {
    std::int64_t opened_ms = 0;
    int calls = 0;
  };

  const std::string api_key_;
  std::mutex mutex_;
  std::map<std::string, Window> windows_;  // by profile; guarded by mutex_
};

}  // namespace tokprep::sandbox
