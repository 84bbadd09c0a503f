#include "pipeline/caps.h"

#include <algorithm>
#include <iterator>

namespace tokprep {
namespace {

using std::chrono::ceil;
using std::chrono::floor;
using std::chrono::seconds;

constexpr seconds kMinute{60};
constexpr seconds kDay{24 * 3600};
constexpr seconds kTick{1};
constexpr seconds kSpacing{60};  // between posts whose moments we choose: a burst is left to those who ask for one

// Moments of a calendar that are looked at before the search goes on without it: more than any cap lets pass.
constexpr int kMomentsMax = 20'000;

/// The first moment from `earliest` on that lies in none of the spans.
template <class Spans>
std::chrono::sys_seconds after(const Spans& spans, std::chrono::sys_seconds earliest) {
  for (const auto& span : spans) {
    if (earliest >= span.begin && earliest <= span.end) earliest = span.end + kTick;
  }
  return earliest;
}

/// One that the user has set, and that is still to come.
Slot place_date(const PostTimes& times, Clock::TimePoint wanted, const SlotWish& wish) {
  const Clock::TimePoint at = times.first_in_minute(wanted);
  if (times.fits_day(at)) return {Slot::Kind::kDate, at};
  const bool moves = wish.over_cap == OverCap::kSchedule;
  return {moves ? Slot::Kind::kDate : Slot::Kind::kFull, times.first_free(wanted)};
}

Slot place_on_calendar(const PostTimes& times, const SlotWish& wish, Clock::TimePoint now) {
  Clock::TimePoint at = wish.calendar->next(now);
  bool refused = false;
  for (int i = 0; i < kMomentsMax; ++i, at = wish.calendar->next(at + kTick)) {
    if (times.has(at)) continue;
    if (times.fits_minute(at) && times.fits_day(at)) return {refused ? Slot::Kind::kFull : Slot::Kind::kDate, at};
    refused = refused || wish.over_cap != OverCap::kSchedule;
  }
  return {Slot::Kind::kFull, at};
}

Slot place_at_once(const PostTimes& times, const SlotWish& wish, Clock::TimePoint now) {
  const Clock::TimePoint in_minute = times.first_in_minute(now);
  if (times.fits_day(in_minute)) {
    const bool at_once = in_minute <= ceil<seconds>(now);
    return {at_once ? Slot::Kind::kNow : Slot::Kind::kWait, at_once ? now : in_minute};
  }
  const Clock::TimePoint free = times.first_free(now);
  switch (wish.over_cap) {
    case OverCap::kSchedule:
      return {Slot::Kind::kDate, free};
    case OverCap::kWait:
      return {Slot::Kind::kWait, free};
    case OverCap::kStop:
      break;
  }
  return {Slot::Kind::kFull, free};
}

}  // namespace

PostCaps post_caps(const Rules& rules) {
  return {static_cast<int>(rules.number("post.rate_minute")), static_cast<int>(rules.number("post.rate_day"))};
}

PostTimes::PostTimes(std::vector<TimePoint> times, const PostCaps& caps) {
  std::ranges::transform(times, std::back_inserter(times_), [](TimePoint time) { return floor<seconds>(time); });
  std::ranges::sort(times_);
  minute_ = full_spans(kMinute, caps.per_minute);
  day_ = full_spans(kDay, caps.per_day);
  near_ = full_spans(kSpacing - kTick, 1);
}

/// Each run of `most` posts that fits into one window keeps out what would share a window with all of them.
std::vector<PostTimes::Blocked> PostTimes::full_spans(std::chrono::seconds window, int most) const {
  std::vector<Blocked> spans;
  const auto count = static_cast<std::size_t>(std::max(most, 1));
  for (std::size_t first = 0; first + count <= times_.size(); ++first) {
    const auto last = first + count - 1;
    if (times_[last] - times_[first] <= window) spans.push_back({times_[last] - window, times_[first] + window});
  }
  return spans;
}

bool PostTimes::fits_minute(TimePoint at) const {
  const auto second = ceil<seconds>(at);
  return after(minute_, second) == second;
}

bool PostTimes::fits_day(TimePoint at) const {
  const auto second = ceil<seconds>(at);
  return after(day_, second) == second;
}

PostTimes::TimePoint PostTimes::first_in_minute(TimePoint earliest) const {
  return after(minute_, ceil<seconds>(earliest));
}

PostTimes::TimePoint PostTimes::first_free(TimePoint earliest) const {
  auto at = ceil<seconds>(earliest);
  for (auto before = at - kTick; before != at;) {
    before = at;
    at = after(near_, after(day_, after(minute_, at)));
  }
  return at;
}

bool PostTimes::has(TimePoint at) const { return std::ranges::binary_search(times_, floor<seconds>(at)); }

Slot place_post(const PostTimes& times, const std::optional<Clock::TimePoint>& wanted, const SlotWish& wish,
                Clock::TimePoint now) {
  Slot slot;
  if (wanted && *wanted > now) slot = place_date(times, *wanted, wish);
  else if (!wanted && wish.calendar != nullptr) slot = place_on_calendar(times, wish, now);
  else slot = place_at_once(times, wish, now);
  if (slot.kind == Slot::Kind::kDate && wish.latest && slot.at > *wish.latest) slot.kind = Slot::Kind::kFull;
  return slot;
}

}  // namespace tokprep
