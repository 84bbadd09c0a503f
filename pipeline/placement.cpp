#include "pipeline/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/span.h"
#include "pipeline/duplicate_text.h"
#include "pipeline/history_note.h"
#include "pipeline/host_media.h"

namespace tokprep {
namespace {

// Files are uploaded while a wait like this passes; before a longer one nothing is uploaded that might expire.
constexpr std::chrono::minutes kShortWait{5};

}  // namespace

SlotWish Placement::wish() const { return {caps_, request_.over_cap, request_.calendar, std::nullopt}; }

Status Placement::look(const LedgerPost& post, const Rules& rules) {
  caps_ = post_caps(rules);
  same_text_window_ = duplicate_window(rules);
  while (true) {
    TOKPREP_TRY(keep_history_noted(client_, ledger_, run_));
    TOKPREP_ASSIGN(const Slot slot, ledger_.plan(post, wish()));
    if (slot.kind == Slot::Kind::kFull) return fail(no_place(post, slot.at));
    TOKPREP_TRY(check_text(post, slot.at));
    if (slot.kind == Slot::Kind::kDate) date_ = to_iso8601(slot.at);
    const bool is_long = slot.kind == Slot::Kind::kWait && slot.at - run_.clock->now() > kShortWait;
    if (!is_long) return {};
    TOKPREP_TRY(wait_until(slot.at));
  }
}

Result<std::optional<LedgerPost>> Placement::take(const LedgerPost& post) {
  // Items of a run are looked at side by side and claimed in turn: one with the same text may have come before.
  const Clock::TimePoint now = run_.clock->now();
  TOKPREP_TRY(check_text(post, std::max(from_iso8601(date_).value_or(now), now)));
  SlotWish final_wish = wish();
  TOKPREP_ASSIGN(const auto expiry, ledger_.first_expiry(post.media_urls));
  if (expiry) final_wish.latest = *expiry - kFetchMargin;
  TOKPREP_ASSIGN(auto claim, ledger_.begin(post, final_wish));
  if (claim.post) return std::move(claim.post);
  if (!claim.slot) {
    Error error;
    error.code = ErrorCode::kOutcomeUnknown;
    error.message = fmt::format("another tokprep is posting {} right now", request_.item);
    error.file = request_.item;
    error.fix = "tokprep status";
    return fail(std::move(error));
  }
  if (claim.slot->kind == Slot::Kind::kFull) return fail(no_place(post, claim.slot->at));
  TOKPREP_TRY(wait_until(claim.slot->at));
  TOKPREP_TRY(keep_history_noted(client_, ledger_, run_));
  return std::nullopt;
}

/// Of two posts of one text, only the one with the later claim is refused: the other was there before it.
Status Placement::check_text(const LedgerPost& post, Clock::TimePoint at) {
  if (request_.allow_duplicate_text || post.caption.empty()) return {};
  TOKPREP_ASSIGN(const auto texts, ledger_.texts_between(at - same_text_window_, at + same_text_window_));
  if (auto error = duplicate_text_error(post, at, same_text_window_, texts)) return fail(std::move(*error));
  return {};
}

Status Placement::wait_until(Clock::TimePoint at) const {
  const Span span(run_, "wait", [&] { return Json{{"until", to_iso8601(at)}}; });
  run_.note(LogLevel::kInfo, [&] { return "waits for its place until " + to_iso8601(at); });
  run_.report("wait", 0);
  const auto pause = std::chrono::ceil<std::chrono::milliseconds>(at - run_.clock->now());
  if (pause.count() > 0 && !run_.clock->sleep(pause, run_.stop)) {
    return fail(ErrorCode::kCancelled, "stopped while waiting until " + to_iso8601(at));
  }
  return {};
}

Error Placement::no_place(const LedgerPost& post, Clock::TimePoint free_at) const {
  const std::string free = to_iso8601(free_at);
  Error error;
  error.code = ErrorCode::kRateLimited;
  error.file = request_.item;
  error.rule = "post.rate_day";
  error.measured = std::int64_t{caps_.per_day} + 1;
  error.limit = std::int64_t{caps_.per_day};
  error.unit = "posts";
  error.message = fmt::format(
      "{} would be post {} of the account within 24 hours, and {} may be; with those planned before it, it "
      "could be out at {}",
      request_.item, caps_.per_day + 1, caps_.per_day, free);
  const auto wanted = from_iso8601(post.schedule_date);
  const bool has_date = wanted ? *wanted > run_.clock->now() : request_.calendar != nullptr;
  if (request_.over_cap == OverCap::kSchedule) {
    error.message += ", when its media would be gone from the service";
    error.fix = "run again in some days";
  } else if (has_date) {
    error.fix = "--over-cap schedule moves it to that date; or choose another one";
  } else {
    error.fix = fmt::format("--over-cap schedule, or --over-cap wait, or run again at {}", free);
  }
  return error;
}

}  // namespace tokprep
