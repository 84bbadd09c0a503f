// Who may post what, and when.

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "pipeline/ledger_database.h"

namespace tokprep {
namespace {

// A row that may be claimed becomes the new one: an earlier attempt leaves nothing but its count, and its events.
constexpr std::string_view kTakeRow = R"sql(
INSERT INTO posts (account, content_key, item, idempotency_key, caption, media_urls, media_key, created, schedule_date,
                   goes_out_s, stays_pending, source_digests, state, post_id, post_status, url, error, attempt)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '', 1)
ON CONFLICT (account, content_key) DO UPDATE SET
  item = excluded.item, idempotency_key = excluded.idempotency_key, caption = excluded.caption,
  media_urls = excluded.media_urls, media_key = excluded.media_key, created = excluded.created,
  schedule_date = excluded.schedule_date, goes_out_s = excluded.goes_out_s, stays_pending = excluded.stays_pending,
  source_digests = excluded.source_digests, state = excluded.state, post_id = '', post_status = '', url = '', error = '',
  attempt = posts.attempt + (posts.state IN ('failed', 'cancelled'))
WHERE posts.state IN ('planned', 'failed', 'cancelled'))sql";

std::optional<Clock::TimePoint> date_of(const LedgerPost& post) { return from_iso8601(post.schedule_date); }

std::string why_there(const Slot& slot) {
  return slot.kind == Slot::Kind::kDate ? "for " + to_iso8601(slot.at) : std::string();
}

}  // namespace

class Ledger::Taking {
 public:
  Taking(Ledger::Database& database, const LedgerPost& post) : database_(database), post_(post) {}

  /// What was there before, if anything.
  Status look() {
    TOKPREP_ASSIGN(before_,
                   database_.row_where("account = ? AND content_key = ?", {database_.account, post_.content_key}));
    return {};
  }

  [[nodiscard]] bool may() const { return !before_ || may_be_claimed(before_->post.state); }

  Result<LedgerPost> take(LedgerState state, std::int64_t goes_out_s, const std::string& why) {
    TOKPREP_ASSIGN(auto claim, database_.connection.prepare(kTakeRow));
    claim.bind(database_.account).bind(post_.content_key).bind(post_.item).bind(post_.idempotency_key);
    claim.bind(post_.caption).bind(to_line(Json(post_.media_urls))).bind(media_key(post_.media_urls));
    claim.bind(post_.created).bind(post_.schedule_date).bind(goes_out_s);
    claim.bind(std::int64_t{post_.stays_pending}).bind(to_line(Json(post_.source_digests))).bind(name_of(state));
    TOKPREP_TRY(claim.run());
    const auto from = before_ ? std::optional(before_->post.state) : std::nullopt;
    TOKPREP_TRY(look());
    if (from != before_->post.state) TOKPREP_TRY(database_.note_event(before_->id, from, before_->post, why));
    return before_->post;
  }

  /// The date the post gets, where it gets one.
  void place(const Slot& slot) { post_.schedule_date = slot.kind == Slot::Kind::kDate ? to_iso8601(slot.at) : ""; }

 private:
  Ledger::Database& database_;
  LedgerPost post_;
  std::optional<LedgerRow> before_;
};

Result<std::optional<LedgerPost>> Ledger::begin(const LedgerPost& intent) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  TOKPREP_TRY(database_->check_account());
  Taking taking(*database_, intent);
  TOKPREP_TRY(taking.look());
  if (!taking.may()) return std::nullopt;
  const auto date = date_of(intent);
  TOKPREP_ASSIGN(auto claimed, taking.take(LedgerState::kIntent, date ? seconds_of(*date) : database_->now_s(), {}));
  TOKPREP_TRY(transaction.commit());
  return claimed;
}

Result<Claim> Ledger::begin(const LedgerPost& intent, const SlotWish& wish) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  TOKPREP_TRY(database_->check_account());
  Taking taking(*database_, intent);
  TOKPREP_TRY(taking.look());
  if (!taking.may()) return Claim{};
  TOKPREP_ASSIGN(const PostTimes times, database_->times(intent.content_key, wish.caps, false));
  const Slot slot = place_post(times, date_of(intent), wish, database_->clock.now());
  if (slot.kind == Slot::Kind::kWait || slot.kind == Slot::Kind::kFull) return Claim{std::nullopt, slot};
  taking.place(slot);
  TOKPREP_ASSIGN(auto claimed, taking.take(LedgerState::kIntent, seconds_of(slot.at), why_there(slot)));
  TOKPREP_TRY(transaction.commit());
  return Claim{std::move(claimed), slot};
}

Result<Slot> Ledger::plan(const LedgerPost& post, const SlotWish& wish) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  TOKPREP_TRY(database_->check_account());  // before anything is uploaded
  const Clock::TimePoint now = database_->clock.now();
  TOKPREP_ASSIGN(const PostTimes times, database_->times(post.content_key, wish.caps, false));
  Slot slot = place_post(times, date_of(post), wish, now);
  LedgerPost planned = post;
  if (slot.kind == Slot::Kind::kDate) planned.schedule_date = to_iso8601(slot.at);
  if (slot.kind == Slot::Kind::kFull) {
    // As if those before it had been scheduled: the last of many hears when all would be out.
    TOKPREP_ASSIGN(const PostTimes forecast, database_->times(post.content_key, wish.caps, true));
    slot.at = forecast.first_free(slot.at);
    planned.schedule_date = to_iso8601(slot.at);
  }
  Taking taking(*database_, planned);
  TOKPREP_TRY(taking.look());
  if (taking.may()) {
    const bool is_full = slot.kind == Slot::Kind::kFull;
    const std::string why = is_full ? "one too many in 24 hours; free from " + to_iso8601(slot.at) : why_there(slot);
    // Only what was refused stands in the way of the next forecast; the others go on to claim their place.
    TOKPREP_TRY(taking.take(LedgerState::kPlanned, seconds_of(is_full ? slot.at : now), why));
  }
  TOKPREP_TRY(transaction.commit());
  return slot;
}

}  // namespace tokprep
