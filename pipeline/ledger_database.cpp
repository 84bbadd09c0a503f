#include "pipeline/ledger_database.h"

#include <fmt/format.h>

#include <algorithm>

namespace tokprep {
namespace {

// A call for a post is over by then; what is found out about it later says nothing of when it went out.
constexpr std::int64_t kCallLimit_s = 240;

// Posts of before cannot share a window with one that is yet to come.
constexpr std::int64_t kWindowsReach_s = 2 * 24 * 3600;

/// When a post counts that is to go out on a date, or was to go out at once when it was claimed. One that is answered
/// counts from the answer on: it went out then or before, and windows that begin later hold none too many.
std::int64_t goes_out_s(const LedgerPost& post, const LedgerPost& before, std::int64_t now_s) {
  const auto created = from_iso8601(post.created);
  const std::int64_t created_s = created ? seconds_of(*created) : now_s;
  const auto date = from_iso8601(post.schedule_date);
  if (date && seconds_of(*date) > created_s) return seconds_of(*date);
  if (before.state == LedgerState::kIntent) return std::clamp(now_s, created_s, created_s + kCallLimit_s);
  const auto known = from_iso8601(before.goes_out);
  return known ? seconds_of(*known) : created_s;
}

}  // namespace

Result<std::vector<LedgerPost>> Ledger::Database::posts_where(std::string_view condition,
                                                              const std::vector<std::string>& values) {
  const std::scoped_lock lock(mutex);
  TOKPREP_ASSIGN(auto rows, connection.prepare(
                                fmt::format("SELECT {} FROM posts WHERE account = ? AND {}", kPostColumns, condition)));
  rows.bind(account);
  for (const std::string& value : values) rows.bind(value);
  return read_posts(rows, connection.file());
}

Result<std::optional<LedgerPost>> Ledger::Database::post_where(std::string_view condition, const std::string& value) {
  TOKPREP_ASSIGN(auto posts, posts_where(condition, {value}));
  if (posts.empty()) return std::nullopt;
  return std::move(posts.front());
}

Result<std::optional<LedgerRow>> Ledger::Database::row_where(std::string_view condition,
                                                             const std::vector<std::string>& values) {
  TOKPREP_ASSIGN(auto rows, connection.prepare(fmt::format("SELECT {}, id, account FROM posts WHERE {} LIMIT 1",
                                                           kPostColumns, condition)));
  for (const std::string& value : values) rows.bind(value);
  TOKPREP_ASSIGN(const bool found, rows.step());
  if (!found) return std::nullopt;
  LedgerRow row;
  TOKPREP_ASSIGN(row.post, read_post(rows, connection.file()));
  row.id = rows.integer(kPostColumnCount);
  row.account = rows.text(kPostColumnCount + 1);
  return row;
}

Status Ledger::Database::note_event(std::int64_t row, std::optional<LedgerState> from, const LedgerPost& post,
                                    std::string_view why) {
  TOKPREP_ASSIGN(auto insert, connection.prepare("INSERT INTO post_events (post, at_s, from_state, to_state, why, "
                                                 "attempt) VALUES (?, ?, nullif(?, ''), ?, ?, ?)"));
  insert.bind(row).bind(now_s()).bind(from ? name_of(*from) : std::string_view());
  insert.bind(name_of(post.state)).bind(why).bind(std::int64_t{post.attempt});
  return insert.run();
}

Result<bool> Ledger::Database::change(const LedgerRow& row, const LedgerPost& post, const std::string& why) {
  if (!may_become(row.post.state, post.state)) return false;
  TOKPREP_ASSIGN(auto change, connection.prepare("UPDATE posts SET state = ?, post_id = ?, post_status = ?, url = ?, "
                                                 "schedule_date = ?, error = ?, goes_out_s = ? WHERE id = ?"));
  change.bind(name_of(post.state)).bind(post.post_id).bind(post.post_status).bind(post.url);
  change.bind(post.schedule_date).bind(post.error).bind(goes_out_s(post, row.post, now_s())).bind(row.id);
  TOKPREP_TRY(change.run());
  if (row.post.state != post.state)
    TOKPREP_TRY(note_event(row.id, row.post.state, post, why.empty() ? post.error : why));
  return true;
}

Result<PostTimes> Ledger::Database::times(const std::string& but, const PostCaps& caps, bool with_plans) {
  TOKPREP_ASSIGN(auto rows, connection.prepare(fmt::format(R"sql(
SELECT goes_out_s FROM posts
WHERE account = ?1 AND content_key <> ?2 AND goes_out_s > ?3
  AND (state IN {} OR (?4 AND state = 'planned' AND goes_out_s > ?3 + ?5))
UNION ALL
SELECT at_s FROM seen_posts AS seen
WHERE account = ?1 AND at_s > ?3
  AND NOT EXISTS (SELECT 1 FROM posts WHERE posts.account = seen.account AND posts.post_id = seen.post_id))sql",
                                                           kCountingStates)));
  rows.bind(account).bind(but).bind(now_s() - kWindowsReach_s).bind(std::int64_t{with_plans}).bind(kWindowsReach_s);
  std::vector<Clock::TimePoint> times;
  while (true) {
    TOKPREP_ASSIGN(const bool more, rows.step());
    if (!more) return PostTimes(std::move(times), caps);
    times.push_back(time_of(rows.integer(0)));
  }
}

}  // namespace tokprep
