#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/enum_names.h"
#include "pipeline/calendar.h"
#include "pipeline/rules/rules.h"

namespace tokprep {

/// What to do with a post that would be one too many in 24 hours.
enum class OverCap {
  kStop,      ///< refuse it
  kWait,      ///< wait until it is not
  kSchedule,  ///< let the service send it at the first moment that is free
};

template <>
struct EnumNames<OverCap> {
  static constexpr std::array kTable{std::pair{OverCap::kSchedule, std::string_view("schedule")},
                                     std::pair{OverCap::kWait, std::string_view("wait")},
                                     std::pair{OverCap::kStop, std::string_view("stop")}};
};

/// The most posts of one account in any 60 seconds and in any 24 hours (rules post.rate_minute, post.rate_day).
struct PostCaps {
  int per_minute = 6;
  int per_day = 15;
};

PostCaps post_caps(const Rules& rules);

/// The moments at which posts of one account went out or will, from wherever they are known, and what they leave free.
/// Works in whole seconds; a window holds both of its ends, so that what is free here is free for whoever counts
/// windows without one of them.
class PostTimes {
 public:
  using TimePoint = Clock::TimePoint;

  /// `times` in any order.
  PostTimes(std::vector<TimePoint> times, const PostCaps& caps);

  /// True where one more post at this moment leaves every window that holds it within the caps.
  [[nodiscard]] bool fits_minute(TimePoint at) const;
  [[nodiscard]] bool fits_day(TimePoint at) const;

  /// The first moment, not before `earliest`, at which one more post keeps to the cap of the minute.
  [[nodiscard]] TimePoint first_in_minute(TimePoint earliest) const;
  /// The same for both caps, and a minute away from every other post.
  [[nodiscard]] TimePoint first_free(TimePoint earliest) const;

  /// True where a post goes out in this very second.
  [[nodiscard]] bool has(TimePoint at) const;

 private:
  /// Seconds, both ends included, in which a further post would be one too many.
  struct Blocked {
    std::chrono::sys_seconds begin;
    std::chrono::sys_seconds end;
  };

  [[nodiscard]] std::vector<Blocked> full_spans(std::chrono::seconds window, int most) const;

  std::vector<std::chrono::sys_seconds> times_;  // ascending
  std::vector<Blocked> minute_;                  // ascending
  std::vector<Blocked> day_;
  std::vector<Blocked> near_;
};

/// How a run wants its posts to be placed.
struct SlotWish {
  PostCaps caps;
  OverCap over_cap = OverCap::kStop;
  const Calendar* calendar = nullptr;  ///< where given, posts without a date of their own go out at its moments
  std::optional<Clock::TimePoint> latest = std::nullopt;  ///< a later date is as good as none: kFull
};

/// Where a post is placed.
struct Slot {
  enum class Kind {
    kNow,   ///< it may go out at once
    kDate,  ///< the service is to send it at `at`
    kWait,  ///< it may go out at once, from `at` on
    kFull,  ///< one too many; `at` would be the first moment that is free
  };

  Kind kind = Kind::kNow;
  Clock::TimePoint at;
};

/// Places one more post among `times`, which wants to go out at `wanted`, or else at the calendar's next moment, or
/// else at once. A wanted date that has passed is at once, too: that is what the service would make of it.
///
/// - The cap of the minute never refuses: a post for now waits (a minute at most), one with a date is moved by as much.
/// - The cap of 24 hours is the user's to decide, by `over_cap`. Waiting helps a post for now alone: one with a date is
///   refused as by kStop.
/// - On a calendar a moment that is taken, by whatever post, is passed over; one that the caps do not allow is passed
///   over by kSchedule and refuses the post by the others.
Slot place_post(const PostTimes& times, const std::optional<Clock::TimePoint>& wanted, const SlotWish& wish,
                Clock::TimePoint now);

}  // namespace tokprep
