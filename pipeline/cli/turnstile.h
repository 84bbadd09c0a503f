#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

namespace tokprep::cli {

/// Lets threads that work side by side do one part in order: posts go out, and probes are shown, as they were given,
/// whichever is ready first. Every place must be passed, and threads must take places in ascending order.
class Turnstile {
 public:
  explicit Turnstile(std::size_t places) : passed_(places) {}

  /// One thread's place. Gone, it has passed, whether or not it ever waited.
  class Turn {
   public:
    Turn(Turnstile& turnstile, std::size_t place) : turnstile_(turnstile), place_(place) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { turnstile_.pass(place_); }

    /// Returns once every place before this one has passed.
    void wait() { turnstile_.wait(place_); }

   private:
    Turnstile& turnstile_;
    std::size_t place_;
  };

 private:
  void wait(std::size_t place) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next_ >= place; });
  }

  void pass(std::size_t place) {
    const std::lock_guard lock(mutex_);
    passed_[place] = true;
    while (next_ < passed_.size() && passed_[next_]) ++next_;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> passed_;
  std::size_t next_ = 0;  // the first place that has not passed
};

}  // namespace tokprep::cli
