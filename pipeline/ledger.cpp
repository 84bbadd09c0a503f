#include "pipeline/ledger.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/file_descriptor.h"
#include "pipeline/ledger_database.h"
#include "pipeline/ledger_schema.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

Ledger::Ledger(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<Ledger> Ledger::open(const fs::path& file, std::string account, Clock& clock) {
  const fs::path folder = file.parent_path();
  TOKPREP_TRY(make_private_folder(folder.empty() ? fs::path(".") : folder));
  TOKPREP_ASSIGN(auto connection, sqlite::Database::open(file));
  TOKPREP_TRY(prepare_ledger_schema(connection));
  Ledger ledger(std::make_unique<Database>(std::move(connection), std::move(account), clock));
  TOKPREP_TRY(ledger.note_account({}, {}));
  return ledger;
}

Result<int> Ledger::note_account(const std::string& title, const std::string& ref_id) {
  const std::scoped_lock lock(database_->mutex);
  if (database_->account.empty()) return 0;  // opened for what belongs to no account
  TOKPREP_ASSIGN(auto transaction, sqlite::Transaction::begin(database_->connection));
  TOKPREP_ASSIGN(auto insert, database_->connection.prepare(R"sql(
INSERT INTO accounts (account, title, ref_id, first_seen_s) VALUES (?, ?, ?, ?)
ON CONFLICT (account) DO UPDATE SET title = excluded.title, ref_id = excluded.ref_id
WHERE excluded.title || excluded.ref_id <> '' AND (title, ref_id) <> (excluded.title, excluded.ref_id))sql"));
  insert.bind(database_->account).bind(title).bind(ref_id).bind(database_->now_s());
  TOKPREP_TRY(insert.run());
  int taken = 0;
  if (!ref_id.empty()) {
    TOKPREP_ASSIGN(taken, database_->take_over(ref_id));
  }
  TOKPREP_TRY(transaction.commit());
  return taken;
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

Result<KeyedTurns::Turn> Ledger::upload_turn(const std::string& sha256, const std::stop_token& stop) {
  return database_->uploads.take(sha256, stop);
}

Status Ledger::note_upload(const std::string& sha256, const std::string& url, Clock::TimePoint expires_at) {
  TOKPREP_TRY(note_asset({sha256, {}, 0, {}, {}}));
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto insert,
                 database_->connection.prepare(
                     "INSERT INTO uploads (account, sha256, url, expires_at_s) VALUES (?, ?, ?, ?) "
                     "ON CONFLICT DO UPDATE SET url = excluded.url, expires_at_s = excluded.expires_at_s"));
  insert.bind(database_->account).bind(sha256).bind(url).bind(seconds_of(expires_at));
  return insert.run();
}

Result<std::optional<Clock::TimePoint>> Ledger::first_expiry(const std::vector<std::string>& urls) {
  const std::scoped_lock lock(database_->mutex);
  std::optional<Clock::TimePoint> first;
  for (const std::string& url : urls) {
    TOKPREP_ASSIGN(auto rows,
                   database_->connection.prepare("SELECT expires_at_s FROM uploads WHERE account = ? AND url = ?"));
    rows.bind(database_->account).bind(url);
    TOKPREP_ASSIGN(const bool found, rows.step());
    if (found) first = std::min(first.value_or(Clock::TimePoint::max()), time_of(rows.integer(0)));
  }
  return first;
}

/// What is known of an asset is never replaced by nothing.
Status Ledger::note_asset(const LedgerAsset& asset) {
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto insert, database_->connection.prepare(R"sql(
INSERT INTO assets (sha256, name, size_bytes, kind, first_seen_s) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (sha256) DO UPDATE SET name = excluded.name, size_bytes = excluded.size_bytes, kind = excluded.kind
WHERE excluded.name <> '' AND name = '')sql"));
  insert.bind(asset.sha256).bind(asset.name).bind(static_cast<std::int64_t>(asset.size_bytes)).bind(asset.kind);
  insert.bind(database_->now_s());
  return insert.run();
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
