#include "pipeline/ledger_check.h"

#include <fmt/format.h>

#include <utility>

#include "pipeline/ledger_rows.h"

namespace tokprep {
namespace {

using Kind = LedgerProblem::Kind;

// A call ends within minutes; an intent that is older was left by a process that died.
constexpr std::chrono::minutes kCallOver{15};
// TikTok takes minutes, a moderator at times hours.
constexpr std::chrono::hours kLongPast{24};

constexpr const char* kAsk = "tokprep status asks the service what became of it";

/// Looks at one table after the other; the functions stand in the order of what they find.
class LedgerCheck {
 public:
  LedgerCheck(sqlite::Database& database, Clock::TimePoint now) : database_(database), now_(now) {}

  Result<std::vector<LedgerProblem>> run() {
    TOKPREP_TRY(damage());
    TOKPREP_TRY(references());
    TOKPREP_TRY(states());
    TOKPREP_TRY(steps());
    TOKPREP_TRY(stale_intents());
    TOKPREP_TRY(unknown());
    TOKPREP_TRY(overdue());
    TOKPREP_TRY(expired());
    return std::move(problems_);
  }

 private:
  Status damage() {
    TOKPREP_ASSIGN(auto rows, database_.prepare("PRAGMA integrity_check"));
    return each(rows, [&] {
      if (rows.text(0) == "ok") return;
      problems_.push_back({Kind::kDamaged, rows.text(0), {}, {}, "go back to a copy of the file from before"});
    });
  }

  Status references() {
    TOKPREP_ASSIGN(auto rows, database_.prepare("PRAGMA foreign_key_check"));
    return each(rows, [&] {
      problems_.push_back({Kind::kForeignKey,
                           fmt::format("a row of {} refers to one of {} that is not there", rows.text(0), rows.text(2)),
                           {},
                           {},
                           {}});
    });
  }

  Status states() {
    TOKPREP_ASSIGN(auto rows,
                   database_.prepare("SELECT item, content_key, state FROM posts WHERE state NOT IN "
                                     "('planned', 'intent', 'accepted', 'published', 'failed', 'unknown', 'cancelled') "
                                     "OR (state = 'accepted' AND post_id = '') OR (state IN ('accepted', 'published') "
                                     "AND idempotency_key = '')"));
    return each(rows, [&] {
      about(rows, Kind::kIllegalState, fmt::format("is '{}' without what that takes", rows.text(2)), kAsk);
    });
  }

  /// The events of a post must lead from each to the next by permitted steps, and to the state it has.
  Status steps() {
    TOKPREP_ASSIGN(auto rows, database_.prepare(R"sql(
WITH walked AS (
  SELECT post, from_state, to_state, lag(to_state) OVER (PARTITION BY post ORDER BY id) AS before,
         lead(id) OVER (PARTITION BY post ORDER BY id) IS NULL AS is_last
  FROM post_events)
SELECT item, content_key, coalesce(before, 'nothing'), coalesce(from_state, 'nothing'), to_state, state
FROM posts LEFT JOIN walked ON walked.post = posts.id
WHERE to_state IS NULL OR before IS NOT from_state OR (is_last AND to_state <> state)
  OR (from_state NOTNULL AND NOT EXISTS (SELECT 1 FROM post_steps AS step
                                         WHERE step.from_state = walked.from_state AND step.to_state = walked.to_state))
)sql"));
    return each(rows, [&] {
      about(rows, Kind::kIllegalState,
            fmt::format("is '{}', and its history does not lead there: '{}', then from '{}' to '{}'", rows.text(5),
                        rows.text(2), rows.text(3), rows.text(4)),
            kAsk);
    });
  }

  Status stale_intents() {
    TOKPREP_ASSIGN(auto rows, database_.prepare("SELECT item, content_key, created FROM posts "
                                                "WHERE state = 'intent' AND created < ? ORDER BY id"));
    rows.bind(to_iso8601(now_ - kCallOver));
    return each(rows, [&] {
      about(rows, Kind::kStaleIntent, fmt::format("was being posted at {} and never heard of again", rows.text(2)),
            kAsk);
    });
  }

  Status unknown() {
    TOKPREP_ASSIGN(auto rows, database_.prepare("SELECT item, content_key, created FROM posts WHERE state = 'unknown' "
                                                "ORDER BY id"));
    return each(rows, [&] {
      about(rows, Kind::kUnknown,
            fmt::format("was submitted at {}, and whether the service took it is not known", rows.text(2)), kAsk);
    });
  }

  Status overdue() {
    TOKPREP_ASSIGN(
        auto rows,
        database_.prepare(
            "SELECT item, content_key, post_id, goes_out_s FROM posts WHERE state = 'accepted' AND NOT stays_pending "
            "AND goes_out_s < ? ORDER BY id"));
    rows.bind(seconds_of(now_ - kLongPast));
    return each(rows, [&] {
      about(rows, Kind::kOverdue,
            fmt::format("was to be out at {} as {}, and is not known to be", to_iso8601(time_of(rows.integer(3))),
                        rows.text(2)),
            kAsk);
    });
  }

  Status expired() {
    TOKPREP_ASSIGN(auto rows,
                   database_.prepare(
                       "SELECT item, content_key, goes_out_s, expires_at_s, uploads.url, post_id FROM posts, "
                       "json_each(posts.media_urls) AS medium "
                       "JOIN uploads ON uploads.account = posts.account AND uploads.url = medium.value "
                       "WHERE state = 'accepted' AND goes_out_s > ? AND expires_at_s < goes_out_s ORDER BY posts.id"));
    rows.bind(seconds_of(now_));
    return each(rows, [&] {
      about(rows, Kind::kExpiredUpload,
            fmt::format("is to go out at {}, and {} lives until {} only", to_iso8601(time_of(rows.integer(2))),
                        rows.text(4), to_iso8601(time_of(rows.integer(3)))),
            fmt::format("tokprep cancel {}, then tokprep post with an earlier date", rows.text(5)));
    });
  }

  template <class Use>
  static Status each(sqlite::Statement& rows, Use use) {
    while (true) {
      TOKPREP_ASSIGN(const bool more, rows.step());
      if (!more) return {};
      use();
    }
  }

  /// A problem of the post whose item and content key are the first two columns.
  void about(const sqlite::Statement& row, Kind kind, const std::string& what, std::string fix) {
    problems_.push_back({kind, fmt::format("{} {}", row.text(0), what), row.text(1), row.text(0), std::move(fix)});
  }

  sqlite::Database& database_;
  Clock::TimePoint now_;
  std::vector<LedgerProblem> problems_;
};

}  // namespace

Result<std::vector<LedgerProblem>> check_ledger(sqlite::Database& database, Clock::TimePoint now) {
  return LedgerCheck(database, now).run();
}

}  // namespace tokprep
