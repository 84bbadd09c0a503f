#include "pipeline/ledger_schema.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace tokprep {
namespace {

constexpr std::int64_t kApplicationId = 0x746b7072;  // "tkpr": tells a ledger from any other SQLite file

// The states of a post became more, so its table is written anew. From here on
//
// post_steps: the steps between states that are permitted; a trigger refuses all others.
// post_events: each step that was taken. Posts of before begin with the state they had.
// assets: a file by its content; uploads refer to it.
// accounts: `history_read_s` is when the service's history was last read; seen_posts holds what that alone knows.
// deliveries: webhooks that were taken.
constexpr const char* kStepToThree = R"sql(
CREATE TABLE accounts (
  account TEXT PRIMARY KEY,
  title TEXT NOT NULL DEFAULT '',
  ref_id TEXT NOT NULL DEFAULT '',
  first_seen_s INTEGER NOT NULL,
  history_read_s INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE assets (
  sha256 TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  kind TEXT NOT NULL,
  first_seen_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE uploads_new (
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES assets (sha256),
  url TEXT NOT NULL,
  expires_at_s INTEGER NOT NULL,
  PRIMARY KEY (account, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE posts_new (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  content_key TEXT NOT NULL,
  item TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'intent', 'accepted', 'published', 'failed', 'unknown', 'cancelled')),
  post_id TEXT NOT NULL,
  post_status TEXT NOT NULL,
  url TEXT NOT NULL,
  caption TEXT NOT NULL,
  media_urls TEXT NOT NULL,
  media_key TEXT NOT NULL,
  created TEXT NOT NULL,
  schedule_date TEXT NOT NULL,
  goes_out_s INTEGER NOT NULL,
  error TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  stays_pending INTEGER NOT NULL,
  UNIQUE (account, content_key)
) STRICT;
CREATE TABLE post_events (
  id INTEGER PRIMARY KEY,
  post INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  at_s INTEGER NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  why TEXT NOT NULL,
  attempt INTEGER NOT NULL
) STRICT;
CREATE TABLE post_steps (
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  PRIMARY KEY (from_state, to_state)
) STRICT, WITHOUT ROWID;
CREATE TABLE seen_posts (
  account TEXT NOT NULL,
  post_id TEXT NOT NULL,
  caption TEXT NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (account, post_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
  key TEXT PRIMARY KEY,
  at_s INTEGER NOT NULL,
  action TEXT NOT NULL,
  post_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO post_steps VALUES
  ('planned', 'intent'), ('planned', 'cancelled'),
  ('intent', 'accepted'), ('intent', 'published'), ('intent', 'failed'), ('intent', 'unknown'), ('intent', 'cancelled'),
  ('unknown', 'accepted'), ('unknown', 'published'), ('unknown', 'failed'), ('unknown', 'cancelled'),
  ('accepted', 'published'), ('accepted', 'failed'), ('accepted', 'cancelled'),
  ('failed', 'planned'), ('failed', 'intent'), ('failed', 'accepted'), ('failed', 'published'), ('failed', 'cancelled'),
  ('cancelled', 'planned'), ('cancelled', 'intent'), ('cancelled', 'accepted'), ('cancelled', 'published'),
  ('cancelled', 'failed');
INSERT INTO accounts (account, first_seen_s)
  SELECT account, coalesce(min(unixepoch(created)), unixepoch()) FROM posts GROUP BY account;
INSERT OR IGNORE INTO accounts (account, first_seen_s) SELECT DISTINCT account, unixepoch() FROM uploads;
INSERT INTO assets SELECT DISTINCT sha256, '', 0, '', unixepoch() FROM uploads;
INSERT INTO uploads_new SELECT account, sha256, url, expires_at_s FROM uploads;
INSERT INTO posts_new
  SELECT id, account, content_key, item, idempotency_key, state, post_id, post_status, url, caption, media_urls,
         media_key, created, schedule_date,
         max(coalesce(unixepoch(created), 0), coalesce(unixepoch(nullif(schedule_date, '')), 0)), error, attempt,
         stays_pending
  FROM posts;
DROP TABLE uploads;
DROP TABLE posts;
ALTER TABLE uploads_new RENAME TO uploads;
ALTER TABLE posts_new RENAME TO posts;
INSERT INTO post_events (post, at_s, from_state, to_state, why, attempt)
  SELECT id, coalesce(unixepoch(created), 0), NULL, state, error, attempt FROM posts ORDER BY id;

CREATE INDEX posts_by_post_id ON posts (account, post_id);
CREATE INDEX posts_by_media ON posts (account, media_key);
CREATE INDEX posts_by_time ON posts (account, goes_out_s);
CREATE INDEX events_by_post ON post_events (post, id);
CREATE TRIGGER posts_step BEFORE UPDATE OF state ON posts
WHEN new.state <> old.state
  AND NOT EXISTS (SELECT 1 FROM post_steps WHERE from_state = old.state AND to_state = new.state)
BEGIN
  SELECT raise(ABORT, 'a post may not take this step');
END;
)sql";

// Step n leads from version n to n+1. Steps that were released never change; new ones are added at the end.
//
// uploads: what lies on the service, by content.
// posts: one row a post; `attempt` counts its claims, `media_key` is one digest over the set of its media URLs.
// `source_digests` came later: rows of before have none.
constexpr std::array kSteps = {R"sql(
CREATE TABLE uploads (
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  url TEXT NOT NULL,
  expires_at_s INTEGER NOT NULL,
  PRIMARY KEY (account, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  content_key TEXT NOT NULL,
  item TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('intent', 'accepted', 'published', 'failed', 'unknown')),
  post_id TEXT NOT NULL,
  post_status TEXT NOT NULL,
  url TEXT NOT NULL,
  caption TEXT NOT NULL,
  media_urls TEXT NOT NULL,
  media_key TEXT NOT NULL,
  created TEXT NOT NULL,
  schedule_date TEXT NOT NULL,
  error TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  UNIQUE (account, content_key)
) STRICT;
CREATE INDEX posts_by_post_id ON posts (account, post_id);
CREATE INDEX posts_by_media ON posts (account, media_key);
)sql",
                               R"sql(
ALTER TABLE posts ADD COLUMN stays_pending INTEGER NOT NULL DEFAULT 0;
)sql",
                               kStepToThree,
                               R"sql(
ALTER TABLE posts ADD COLUMN source_digests TEXT NOT NULL DEFAULT '[]';
)sql"};

constexpr int kWalTries = 500;
constexpr int kWalPauseMs = 10;

tl::unexpected<Error> not_ours(const sqlite::Database& database, std::string why) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("cannot use the ledger {}: {}", database.file().string(), why);
  error.file = database.file().string();
  error.fix = "move the file away, or set TOKPREP_STATE_DIR";
  return fail(std::move(error));
}

/// The version of our schema; 0 for a new file.
Result<std::int64_t> checked_version(sqlite::Database& database) {
  TOKPREP_ASSIGN(const auto application, database.number("PRAGMA application_id"));
  TOKPREP_ASSIGN(const auto version, database.number("PRAGMA user_version"));
  TOKPREP_ASSIGN(const auto tables, database.number("SELECT count(*) FROM sqlite_schema"));
  const bool is_new = application == 0 && version == 0 && tables == 0;
  if (!is_new && application != kApplicationId) return not_ours(database, "it is the database of another program");
  const auto newest = static_cast<std::int64_t>(kSteps.size());
  if (version > newest) {
    return not_ours(database, fmt::format("it has version {}, written by a newer tokprep; this one knows up to {}",
                                          version, newest));
  }
  return version;
}

/// The change of the journal needs the file alone for a moment, and SQLite does not wait for that by itself.
Status use_wal(sqlite::Database& database) {
  Status changed;
  for (int tries = 0; tries < kWalTries; ++tries) {
    changed = database.execute("PRAGMA journal_mode = WAL");
    if (changed || changed.error().code != ErrorCode::kTimeout) break;
    sqlite3_sleep(kWalPauseMs);
  }
  TOKPREP_TRY(std::move(changed));
  return database.execute("PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF");
}

/// Only after the steps: a table that is written anew is gone for a moment, with others that refer to it.
Status keep_references(sqlite::Database& database) { return database.execute("PRAGMA foreign_keys = ON"); }

/// The marks are read one by one, and another process may be writing them: one read transaction shows all of them as
/// they were at one moment.
Result<std::int64_t> checked_version_at_once(sqlite::Database& database) {
  TOKPREP_TRY(database.execute("BEGIN"));
  auto version = checked_version(database);
  TOKPREP_TRY(database.execute("COMMIT"));
  return version;
}

}  // namespace

Status prepare_ledger_schema(sqlite::Database& database) {
  TOKPREP_ASSIGN(const auto version_before, checked_version_at_once(database));
  TOKPREP_TRY(use_wal(database));
  if (version_before == static_cast<std::int64_t>(kSteps.size())) return keep_references(database);

  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database));
  TOKPREP_ASSIGN(const auto version, checked_version(database));  // another process may have been here
  for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
    TOKPREP_TRY(database.execute(kSteps[step]));
  }
  const std::string marks =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kSteps.size());
  TOKPREP_TRY(database.execute(marks.c_str()));
  TOKPREP_TRY(transaction.commit());
  return keep_references(database);
}

}  // namespace tokprep
