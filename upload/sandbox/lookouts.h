#pragma once

#include <map>
#include <mutex>
#include <string>

namespace tokprep::sandbox {

/// How often a post was looked for in the history while it was held back: what `history_lag` by calls counts.
/// Thread-safe.
class Lookouts {
 public:
  /// True while `post_id` is to be hidden: this is at most the `looks`-th look at it.
  bool hides(const std::string& post_id, int looks) {
    const std::lock_guard lock(mutex_);
    int& seen = looks_[post_id];
    if (seen >= looks) return false;
    ++seen;
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> looks_;  // guarded by mutex_
};

}  // namespace tokprep::sandbox
