// What is known of an account from the service's history alone.

#include <fmt/format.h>

#include "pipeline/ledger_database.h"

namespace tokprep {

Result<std::optional<Clock::TimePoint>> Ledger::history_read() {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto rows, database_->connection.prepare(
                                "SELECT history_read_s FROM accounts WHERE account = ? AND history_read_s NOTNULL"));
  rows.bind(database_->account);
  TOKPREP_ASSIGN(const bool found, rows.step());
  if (!found) return std::nullopt;
  return time_of(rows.integer(0));
}

Status Ledger::note_history(const std::vector<SeenPost>& posts) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  TOKPREP_ASSIGN(auto forget, database_->connection.prepare("DELETE FROM seen_posts WHERE account = ?"));
  TOKPREP_TRY(forget.bind(database_->account).run());
  for (const SeenPost& post : posts) {
    TOKPREP_ASSIGN(auto insert, database_->connection.prepare(
                                    "INSERT INTO seen_posts (account, post_id, caption, at_s) VALUES (?, ?, ?, ?) "
                                    "ON CONFLICT DO NOTHING"));
    insert.bind(database_->account).bind(post.post_id).bind(post.caption).bind(seconds_of(post.at));
    TOKPREP_TRY(insert.run());
  }
  TOKPREP_ASSIGN(auto note, database_->connection.prepare("UPDATE accounts SET history_read_s = ? WHERE account = ?"));
  TOKPREP_TRY(note.bind(database_->now_s()).bind(database_->account).run());
  return transaction.commit();
}

Status Ledger::forget_seen(const std::string& post_id) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto forget,
                 database_->connection.prepare("DELETE FROM seen_posts WHERE account = ? AND post_id = ?"));
  return forget.bind(database_->account).bind(post_id).run();
}

Result<std::vector<SeenText>> Ledger::texts_between(Clock::TimePoint from, Clock::TimePoint to) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto rows, database_->connection.prepare(fmt::format(R"sql(
SELECT caption, goes_out_s AS at_s, item, post_id, content_key FROM posts
WHERE account = ?1 AND goes_out_s BETWEEN ?2 AND ?3 AND state IN {}
UNION ALL
SELECT caption, at_s, '', post_id, '' FROM seen_posts AS seen
WHERE account = ?1 AND at_s BETWEEN ?2 AND ?3
  AND NOT EXISTS (SELECT 1 FROM posts WHERE posts.account = seen.account AND posts.post_id = seen.post_id)
ORDER BY at_s)sql",
                                                                      kCountingStates)));
  rows.bind(database_->account).bind(seconds_of(from)).bind(seconds_of(to));
  std::vector<SeenText> texts;
  while (true) {
    TOKPREP_ASSIGN(const bool more, rows.step());
    if (!more) return texts;
    texts.push_back({rows.text(0), time_of(rows.integer(1)), rows.text(2), rows.text(3), rows.text(4)});
  }
}

}  // namespace tokprep
