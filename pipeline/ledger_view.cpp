#include "pipeline/ledger_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <system_error>
#include <utility>

#include "pipeline/ledger_check.h"
#include "pipeline/ledger_rows.h"
#include "pipeline/ledger_schema.h"
#include "pipeline/sqlite.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// Shorter beginnings of a content key are more likely a word of a name.
constexpr std::size_t kKeyPrefixLeast = 8;

/// Values in the order of their binding.
sqlite::Statement& bind_all(sqlite::Statement& statement, const std::vector<std::string>& values) {
  for (const std::string& value : values) statement.bind(value);
  return statement;
}

Result<LedgerEvent> read_event(const sqlite::Statement& row) {
  LedgerEvent event;
  event.at = to_iso8601(time_of(row.integer(0)));
  event.from = enum_from<LedgerState>(row.text(1));
  event.to = enum_from<LedgerState>(row.text(2)).value_or(LedgerState::kUnknown);
  event.why = row.text(3);
  event.attempt = static_cast<int>(row.integer(4));
  return event;
}

}  // namespace

class LedgerView::Database {
 public:
  explicit Database(sqlite::Database opened) : connection(std::move(opened)) {}

  /// Each row of a query by `read`.
  template <class Read>
  auto all(std::string_view sql, const std::vector<std::string>& values, Read read)
      -> Result<std::vector<typename std::invoke_result_t<Read, const sqlite::Statement&>::value_type>> {
    std::vector<typename std::invoke_result_t<Read, const sqlite::Statement&>::value_type> found;
    TOKPREP_ASSIGN(auto rows, connection.prepare(sql));
    bind_all(rows, values);
    while (true) {
      TOKPREP_ASSIGN(const bool more, rows.step());
      if (!more) return found;
      TOKPREP_ASSIGN(found.emplace_back(), read(rows));
    }
  }

  Result<std::vector<LedgerStory>> stories(const std::string& tail, const std::vector<std::string>& values) {
    const auto read = [&](const sqlite::Statement& row) -> Result<LedgerStory> {
      LedgerStory story;
      TOKPREP_ASSIGN(story.post, read_post(row, connection.file()));
      story.account = row.text(kPostColumnCount);
      return story;
    };
    return all(fmt::format("SELECT {}, account FROM posts {}", kPostColumns, tail), values, read);
  }

  Status add_events(std::vector<LedgerStory>& stories) {
    for (LedgerStory& story : stories) {
      TOKPREP_ASSIGN(story.events,
                     all("SELECT at_s, from_state, to_state, why, post_events.attempt FROM post_events "
                         "JOIN posts ON posts.id = post WHERE account = ? AND content_key = ? ORDER BY post_events.id",
                         {story.account, story.post.content_key}, read_event));
    }
    return {};
  }

  std::mutex mutex;
  sqlite::Database connection;
};

LedgerView::LedgerView(std::unique_ptr<Database> database) : database_(std::move(database)) {}
LedgerView::LedgerView(LedgerView&&) noexcept = default;
LedgerView& LedgerView::operator=(LedgerView&&) noexcept = default;
LedgerView::~LedgerView() = default;

Result<LedgerView> LedgerView::open(const fs::path& file) {
  std::error_code failed;
  if (!fs::exists(file, failed)) {
    Error error;
    error.code = ErrorCode::kInputUnreadable;
    error.message = fmt::format("there is no ledger {}: nothing was uploaded or posted from here", file.string());
    error.file = file.string();
    error.fix = "set TOKPREP_STATE_DIR where the ledger lies in another folder";
    return fail(std::move(error));
  }
  TOKPREP_ASSIGN(auto connection, sqlite::Database::open(file));
  TOKPREP_TRY(prepare_ledger_schema(connection));
  return LedgerView(std::make_unique<Database>(std::move(connection)));
}

Result<std::vector<LedgerStory>> LedgerView::posts(const LedgerQuery& query) {
  std::string tail = "WHERE 1";
  std::vector<std::string> values;
  const auto add = [&](std::string_view condition, std::string value) {
    tail += fmt::format(" AND {}", condition);
    values.push_back(std::move(value));
  };
  if (!query.account.empty()) add("account = ?", query.account);
  if (query.state) add("state = ?", std::string(name_of(*query.state)));
  if (!query.item.empty()) add(query.is_whole_item ? "item = ?" : "instr(item, ?)", query.item);
  if (query.since) add("created >= ?", to_iso8601(*query.since));
  tail += fmt::format(" ORDER BY created DESC, id DESC LIMIT {}", std::max(query.limit, 0));
  const std::scoped_lock lock(database_->mutex);
  return database_->stories(tail, values);
}

Result<std::vector<LedgerStory>> LedgerView::stories(const std::string& name) {
  if (name.empty()) return std::vector<LedgerStory>{};
  const std::string key = name.size() >= kKeyPrefixLeast ? name : "-";  // no content key begins with it
  const std::scoped_lock lock(database_->mutex);
  TOKPREP_ASSIGN(auto found,
                 database_->stories("WHERE post_id = ? OR item = ? OR substr(item, -length(?)) = ? "
                                    "OR substr(content_key, 1, length(?)) = ? ORDER BY created DESC, id DESC",
                                    {name, name, "/" + name, "/" + name, key, key}));
  TOKPREP_TRY(database_->add_events(found));
  return found;
}

Result<std::vector<LedgerAccount>> LedgerView::accounts() {
  const std::scoped_lock lock(database_->mutex);
  return database_->all(
      "SELECT account, title, ref_id, first_seen_s FROM accounts ORDER BY first_seen_s, account", {},
      [](const sqlite::Statement& row) -> Result<LedgerAccount> {
        return LedgerAccount{row.text(0), row.text(1), row.text(2), to_iso8601(time_of(row.integer(3)))};
      });
}

Result<std::vector<LedgerAsset>> LedgerView::assets() {
  const std::scoped_lock lock(database_->mutex);
  return database_->all("SELECT sha256, name, size_bytes, kind, first_seen_s FROM assets ORDER BY first_seen_s, sha256",
                        {}, [](const sqlite::Statement& row) -> Result<LedgerAsset> {
                          return LedgerAsset{row.text(0), row.text(1), static_cast<std::uint64_t>(row.integer(2)),
                                             row.text(3), to_iso8601(time_of(row.integer(4)))};
                        });
}

Result<std::vector<LedgerUpload>> LedgerView::uploads() {
  const std::scoped_lock lock(database_->mutex);
  return database_->all(
      "SELECT account, sha256, url, expires_at_s FROM uploads ORDER BY expires_at_s DESC, sha256", {},
      [](const sqlite::Statement& row) -> Result<LedgerUpload> {
        return LedgerUpload{row.text(0), row.text(1), row.text(2), to_iso8601(time_of(row.integer(3)))};
      });
}

Result<std::vector<LedgerDelivery>> LedgerView::deliveries() {
  const std::scoped_lock lock(database_->mutex);
  return database_->all(
      "SELECT key, at_s, action, post_id FROM deliveries ORDER BY at_s, key", {},
      [](const sqlite::Statement& row) -> Result<LedgerDelivery> {
        return LedgerDelivery{row.text(0), to_iso8601(time_of(row.integer(1))), row.text(2), row.text(3)};
      });
}

Result<std::vector<LedgerProblem>> LedgerView::check(Clock::TimePoint now) {
  const std::scoped_lock lock(database_->mutex);
  return check_ledger(database_->connection, now);
}

/// The tables are read one by one; a read transaction around them shows all as they were at one moment.
Result<LedgerExport> LedgerView::export_all() {
  TOKPREP_TRY(database_->connection.execute("BEGIN"));
  const auto read = [&]() -> Result<LedgerExport> {
    LedgerExport all;
    TOKPREP_ASSIGN(const auto version, database_->connection.number("PRAGMA user_version"));
    all.version = static_cast<int>(version);
    TOKPREP_ASSIGN(all.accounts, accounts());
    TOKPREP_ASSIGN(all.assets, assets());
    TOKPREP_ASSIGN(all.uploads, uploads());
    TOKPREP_ASSIGN(all.posts, database_->stories("ORDER BY id", {}));
    TOKPREP_TRY(database_->add_events(all.posts));
    TOKPREP_ASSIGN(all.deliveries, deliveries());
    return all;
  };
  auto all = read();
  TOKPREP_TRY(database_->connection.execute("COMMIT"));
  return all;
}

}  // namespace tokprep
