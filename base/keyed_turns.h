#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include "base/result.h"

namespace tokprep {

/// Lets one thread at a time be at work on each of many things, told apart by a text. Thread-safe. Must outlive its
/// turns.
class KeyedTurns {
 public:
  KeyedTurns() = default;
  KeyedTurns(const KeyedTurns&) = delete;
  KeyedTurns& operator=(const KeyedTurns&) = delete;

  /// The right to be at work on one thing, for as long as it lives.
  class Turn {
   public:
    Turn(KeyedTurns& turns, std::string key) : turns_(&turns), key_(std::move(key)) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)), key_(std::move(other.key_)) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->give_back(key_);
    }

   private:
    KeyedTurns* turns_;
    std::string key_;
  };

  /// Waits until nobody else is at it. Error: kCancelled by a stop.
  Result<Turn> take(std::string key, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !taken_.contains(key); }))
      return fail(ErrorCode::kCancelled, "stopped");
    taken_.insert(key);
    return Turn(*this, std::move(key));
  }

 private:
  void give_back(const std::string& key) {
    {
      const std::scoped_lock lock(mutex_);
      taken_.erase(key);
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::string> taken_;
};

}  // namespace tokprep
