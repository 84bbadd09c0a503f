// What became of posts, and who tells.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipeline/ledger_database.h"
#include "pipeline/settled_post.h"

namespace tokprep {
namespace {

// The service sends an event again for a day at most.
constexpr std::int64_t kDeliveriesKept_s = 30 * 24 * 3600;

// Longer than a call for a post takes, with the notes around it.
constexpr std::int64_t kCallUnderWay_s = 10 * 60;

std::string told_by(const WebhookEvent& event) {
  return event.post.errors.empty() ? "webhook" : "webhook: " + event.post.errors.front().message;
}

}  // namespace

Result<std::optional<LedgerPost>> Ledger::find(const std::string& content_key) {
  return database_->post_where("content_key = ?", content_key);
}

Result<std::optional<LedgerPost>> Ledger::find_by_post_id(const std::string& post_id) {
  if (post_id.empty()) return std::nullopt;  // rows that have none share the empty one
  return database_->post_where("post_id = ?", post_id);
}

Result<std::vector<LedgerPost>> Ledger::with_media(const std::vector<std::string>& media_urls) {
  return database_->posts_where("media_key = ? ORDER BY id", {media_key(media_urls)});
}

Result<bool> Ledger::update(const LedgerPost& post, const std::string& why) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  TOKPREP_ASSIGN(const auto row,
                 database_->row_where("account = ? AND content_key = ?", {database_->account, post.content_key}));
  if (!row || row->post.idempotency_key != post.idempotency_key) return false;
  TOKPREP_ASSIGN(const bool changed, database_->change(*row, post, why));
  TOKPREP_TRY(transaction.commit());
  return changed;
}

Status Ledger::Database::check_no_call_under_way() {
  TOKPREP_ASSIGN(auto rows, connection.prepare("SELECT item FROM posts WHERE state IN ('intent', 'unknown') "
                                               "AND unixepoch(created) > ? LIMIT 1"));
  rows.bind(now_s() - kCallUnderWay_s);
  TOKPREP_ASSIGN(const bool found, rows.step());
  if (!found) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("it may be about {}, whose id the service has not told yet", rows.text(0)));
}

Result<WebhookNoted> Ledger::note_webhook(const WebhookEvent& event) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  const std::int64_t now_s = database_->now_s();
  TOKPREP_ASSIGN(auto forget, database_->connection.prepare("DELETE FROM deliveries WHERE at_s < ?"));
  TOKPREP_TRY(forget.bind(now_s - kDeliveriesKept_s).run());
  TOKPREP_ASSIGN(auto insert, database_->connection.prepare(
                                  "INSERT INTO deliveries (key, at_s, action, post_id) VALUES (?, ?, ?, ?) "
                                  "ON CONFLICT DO NOTHING RETURNING key"));
  insert.bind(event.key).bind(now_s).bind(event.action).bind(event.post.id);
  WebhookNoted noted;
  TOKPREP_ASSIGN(noted.is_new, insert.step());
  if (noted.is_new) TOKPREP_TRY(insert.run());
  if (!event.post.id.empty()) {
    TOKPREP_ASSIGN(auto row, database_->row_where("post_id = ?", {event.post.id}));
    if (!row && noted.is_new) TOKPREP_TRY(database_->check_no_call_under_way());
    if (row && noted.is_new) {
      LedgerPost post = settled(row->post, event.post, database_->clock.now());
      // Events come in any order: that it was handed over is no news of a post that has failed since.
      const bool is_late = post.state == LedgerState::kAccepted && may_be_claimed(row->post.state);
      if (!is_late) TOKPREP_TRY(database_->change(*row, post, told_by(event)));
      TOKPREP_ASSIGN(row, database_->row_where("post_id = ?", {event.post.id}));
    }
    if (row) noted.post = row->post;
  }
  TOKPREP_TRY(transaction.commit());
  return noted;
}

Result<std::vector<LedgerPost>> Ledger::posts(int limit) {
  return database_->posts_where(
      fmt::format("state <> 'planned' ORDER BY created DESC, id DESC LIMIT {}", std::max(limit, 0)));
}

Result<std::vector<LedgerPost>> Ledger::unsettled() {
  return database_->posts_where("state IN ('intent', 'unknown', 'accepted') ORDER BY created DESC, id DESC");
}

}  // namespace tokprep
