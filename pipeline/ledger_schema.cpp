#include "pipeline/ledger_schema.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace tokprep {
namespace {

constexpr std::int64_t kApplicationId = 0x746b7072;  // "tkpr": tells a ledger from any other SQLite file

// Step n leads from version n to n+1. Steps that were released never change; new ones are added at the end.
//
// uploads: what lies on the service, by content.
// posts: one row a post; `attempt` counts its claims, `media_key` is one digest over the set of its media URLs.
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
  if (version_before == static_cast<std::int64_t>(kSteps.size())) return {};

  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database));
  TOKPREP_ASSIGN(const auto version, checked_version(database));  // another process may have been here
  for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
    TOKPREP_TRY(database.execute(kSteps[step]));
  }
  const std::string marks =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kSteps.size());
  TOKPREP_TRY(database.execute(marks.c_str()));
  return transaction.commit();
}

}  // namespace tokprep
