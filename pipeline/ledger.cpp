#include "pipeline/ledger.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/json.h"
#include "pipeline/ledger_schema.h"
#include "pipeline/sqlite.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// The columns of a post, in the order that `read_post` takes them.
constexpr std::string_view kSelectPosts =
    "SELECT item, content_key, idempotency_key, state, post_id, post_status, url, caption, media_urls, created, "
    "schedule_date, error, attempt, stays_pending FROM posts ";

tl::unexpected<Error> folder_error(const fs::path& folder, int error_number) {
  Error error;
  error.code = code_of_write_errno(error_number);
  error.message = fmt::format("cannot make the folder {}: {}", folder.string(), std::strerror(error_number));
  error.native = error_number;
  error.file = folder.string();
  error.fix = error.code == ErrorCode::kNoSpace ? "free some space on that disk and run again"
                                                : "choose another folder with TOKPREP_STATE_DIR";
  return fail(std::move(error));
}

/// Only the last folder is made for its owner alone; one that is there keeps the mode it has.
Status make_private_folder(const fs::path& folder) {
  std::error_code failed;
  if (fs::is_directory(folder, failed)) return {};
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failed);
  if (::mkdir(folder.c_str(), S_IRWXU) == 0) return {};
  const int error_number = errno;
  if (error_number == EEXIST && fs::is_directory(folder, failed)) return {};  // another process was faster
  return folder_error(folder, error_number);
}

std::int64_t seconds_of(Clock::TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string media_key(std::vector<std::string> media_urls) {
  std::ranges::sort(media_urls);
  return sha256_of(to_line(Json(media_urls)));
}

Result<LedgerPost> read_post(const sqlite::Statement& row, const fs::path& file) {
  LedgerPost post;
  post.item = row.text(0);
  post.content_key = row.text(1);
  post.idempotency_key = row.text(2);
  post.state = enum_from<LedgerState>(row.text(3)).value_or(LedgerState::kUnknown);
  post.post_id = row.text(4);
  post.post_status = row.text(5);
  post.url = row.text(6);
  post.caption = row.text(7);
  TOKPREP_ASSIGN(const Json media_urls, parse_json(row.text(8), "the ledger " + file.string()));
  TOKPREP_ASSIGN(post.media_urls, parse_as<std::vector<std::string>>(media_urls, "the ledger " + file.string()));
  post.created = row.text(9);
  post.schedule_date = row.text(10);
  post.error = row.text(11);
  post.attempt = static_cast<int>(row.integer(12));
  post.stays_pending = row.integer(13) != 0;
  return post;
}

Result<std::vector<LedgerPost>> read_posts(sqlite::Statement& rows, const fs::path& file) {
  std::vector<LedgerPost> posts;
  while (true) {
    TOKPREP_ASSIGN(const bool more, rows.step());
    if (!more) return posts;
    TOKPREP_ASSIGN(posts.emplace_back(), read_post(rows, file));
  }
}

Result<std::optional<LedgerPost>> read_one_post(sqlite::Statement& rows, const fs::path& file) {
  TOKPREP_ASSIGN(auto posts, read_posts(rows, file));
  if (posts.empty()) return std::nullopt;
  return std::move(posts.front());
}

}  // namespace

/// The connection, one thread at a time.
class Ledger::Database {
 public:
  Database(sqlite::Database opened, std::string for_account)
      : connection(std::move(opened)), account(std::move(for_account)) {}

  Result<std::vector<LedgerPost>> posts_where(std::string_view condition, std::string_view value) {
    const std::scoped_lock lock(mutex);
    TOKPREP_ASSIGN(auto rows, connection.prepare(fmt::format("{} {}", kSelectPosts, condition)));
    rows.bind(account).bind(value);
    return read_posts(rows, connection.file());
  }

  Result<std::optional<LedgerPost>> post_where(std::string_view condition, std::string_view value) {
    TOKPREP_ASSIGN(auto posts, posts_where(condition, value));
    if (posts.empty()) return std::nullopt;
    return std::move(posts.front());
  }

  std::mutex mutex;
  sqlite::Database connection;
  std::string account;
};

Ledger::Ledger(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<Ledger> Ledger::open(const fs::path& file, std::string account) {
  const fs::path folder = file.parent_path();
  TOKPREP_TRY(make_private_folder(folder.empty() ? fs::path(".") : folder));
  TOKPREP_ASSIGN(auto connection, sqlite::Database::open(file));
  TOKPREP_TRY(prepare_ledger_schema(connection));
  return Ledger(std::make_unique<Database>(std::move(connection), std::move(account)));
}

Result<std::optional<std::string>> Ledger::live_upload(const std::string& sha256, Clock::TimePoint until) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto rows, database_->connection.prepare(
                                "SELECT url FROM uploads WHERE account = ? AND sha256 = ? AND expires_at_s > ?"));
  rows.bind(database_->account).bind(sha256).bind(seconds_of(until));
  TOKPREP_ASSIGN(const bool found, rows.step());
  if (!found) return std::nullopt;
  return rows.text(0);
}

Status Ledger::note_upload(const std::string& sha256, const std::string& url, Clock::TimePoint expires_at) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto insert,
                 database_->connection.prepare(
                     "INSERT INTO uploads (account, sha256, url, expires_at_s) VALUES (?, ?, ?, ?) "
                     "ON CONFLICT DO UPDATE SET url = excluded.url, expires_at_s = excluded.expires_at_s"));
  insert.bind(database_->account).bind(sha256).bind(url).bind(seconds_of(expires_at));
  return insert.run();
}

Result<std::optional<LedgerPost>> Ledger::begin(const LedgerPost& intent) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  std::optional<LedgerPost> claimed;
  {
    // Every column but the two that name the post is taken anew: an earlier attempt leaves nothing but its count.
    TOKPREP_ASSIGN(auto claim, database_->connection.prepare(R"sql(
INSERT INTO posts (account, content_key, item, idempotency_key, caption, media_urls, media_key, created, schedule_date,
                   stays_pending, state, post_id, post_status, url, error, attempt)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intent', '', '', '', '', 1)
ON CONFLICT (account, content_key) DO UPDATE SET
  item = excluded.item, idempotency_key = excluded.idempotency_key, caption = excluded.caption,
  media_urls = excluded.media_urls, media_key = excluded.media_key, created = excluded.created,
  schedule_date = excluded.schedule_date, stays_pending = excluded.stays_pending, state = 'intent', post_id = '',
  post_status = '', url = '', error = '', attempt = posts.attempt + 1
WHERE posts.state = 'failed'
RETURNING item, content_key, idempotency_key, state, post_id, post_status, url, caption, media_urls, created,
          schedule_date, error, attempt, stays_pending)sql"));
    claim.bind(database_->account).bind(intent.content_key).bind(intent.item).bind(intent.idempotency_key);
    claim.bind(intent.caption).bind(to_line(Json(intent.media_urls))).bind(media_key(intent.media_urls));
    claim.bind(intent.created).bind(intent.schedule_date).bind(std::int64_t{intent.stays_pending});
    TOKPREP_ASSIGN(claimed, read_one_post(claim, database_->connection.file()));
  }
  TOKPREP_TRY(transaction.commit());
  return claimed;
}

Result<std::optional<LedgerPost>> Ledger::find(const std::string& content_key) {
  return database_->post_where("WHERE account = ? AND content_key = ?", content_key);
}

Result<std::optional<LedgerPost>> Ledger::find_by_post_id(const std::string& post_id) {
  if (post_id.empty()) return std::nullopt;  // rows that have none share the empty one
  return database_->post_where("WHERE account = ? AND post_id = ?", post_id);
}

Result<std::vector<LedgerPost>> Ledger::with_media(const std::vector<std::string>& media_urls) {
  return database_->posts_where("WHERE account = ? AND media_key = ? ORDER BY id", media_key(media_urls));
}

Status Ledger::update(const LedgerPost& post) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto change, database_->connection.prepare(R"sql(
UPDATE posts SET state = ?, post_id = ?, post_status = ?, url = ?, schedule_date = ?, error = ?
WHERE account = ? AND content_key = ? AND idempotency_key = ?
  AND NOT (? = 'unknown' AND state IN ('accepted', 'published', 'failed')))sql"));
  const std::string_view state = name_of(post.state);
  change.bind(state).bind(post.post_id).bind(post.post_status).bind(post.url).bind(post.schedule_date).bind(post.error);
  change.bind(database_->account).bind(post.content_key).bind(post.idempotency_key).bind(state);
  return change.run();
}

Result<std::vector<LedgerPost>> Ledger::posts(int limit) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto rows, database_->connection.prepare(fmt::format(
                                "{} WHERE account = ? ORDER BY created DESC, id DESC LIMIT ?", kSelectPosts)));
  rows.bind(database_->account).bind(std::max(limit, 0));
  return read_posts(rows, database_->connection.file());
}

Result<std::vector<LedgerPost>> Ledger::unsettled() {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto rows, database_->connection.prepare(
                                fmt::format("{} WHERE account = ? AND state IN ('intent', 'unknown', 'accepted') "
                                            "ORDER BY created DESC, id DESC",
                                            kSelectPosts)));
  rows.bind(database_->account);
  return read_posts(rows, database_->connection.file());
}

fs::path state_folder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value != nullptr ? value : "");
  };
  if (fs::path chosen = variable("TOKPREP_STATE_DIR"); !chosen.empty()) return chosen;
  // The XDG specification says to pass over relative paths.
  if (const fs::path state_home = variable("XDG_STATE_HOME"); state_home.is_absolute()) return state_home / "tokprep";
  fs::path home = variable("HOME");
  if (home.empty()) {
    if (const passwd* user = ::getpwuid(::getuid()); user != nullptr && user->pw_dir != nullptr) home = user->pw_dir;
  }
  return home / ".local/state/tokprep";
}

}  // namespace tokprep
