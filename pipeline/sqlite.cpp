#include "pipeline/sqlite.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <utility>

#include "base/file_descriptor.h"

namespace tokprep::sqlite {
namespace {

constexpr std::chrono::milliseconds kBusyTimeout{10'000};

tl::unexpected<Error> database_error(sqlite3* connection, int result, const std::filesystem::path& file) {
  Error error;
  const int system_errno = connection != nullptr ? sqlite3_system_errno(connection) : 0;
  error.code = code_of(result, system_errno);
  error.message = fmt::format("cannot use the ledger {}: {}", file.string(), sqlite3_errstr(result));
  if (connection != nullptr && sqlite3_errcode(connection) == (result & 0xff)) {
    error.message = fmt::format("cannot use the ledger {}: {}", file.string(), sqlite3_errmsg(connection));
  }
  error.native = result;
  error.file = file.string();
  if (error.code == ErrorCode::kNoSpace) error.fix = "free some space on that disk and run again";
  if (error.code == ErrorCode::kTimeout) error.fix = "run again when the other tokprep is done";
  if (error.code == ErrorCode::kInvalidArgument) error.fix = "move the file away, or set TOKPREP_STATE_DIR";
  return fail(std::move(error));
}

}  // namespace

ErrorCode code_of(int result, int system_errno) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return ErrorCode::kNoSpace;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return code_of_write_errno(system_errno) == ErrorCode::kNoSpace ? ErrorCode::kNoSpace
                                                                      : ErrorCode::kOutputUnwritable;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return ErrorCode::kInvalidArgument;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return ErrorCode::kTimeout;
    case SQLITE_IOERR:
      return code_of_write_errno(system_errno);
    default:
      return ErrorCode::kInternal;
  }
}

Statement& Statement::bind(std::string_view text) {
  // Never a null pointer: SQLite would take it for NULL, and no column of ours is.
  const char* bytes = text.empty() ? "" : text.data();
  const int result = sqlite3_bind_text64(statement_.get(), ++bound_, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  const int result = sqlite3_bind_int64(statement_.get(), ++bound_, number);
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
  return *this;
}

Result<bool> Statement::step() {
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  if (bind_result_ != SQLITE_OK) return database_error(connection, bind_result_, *file_);
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return database_error(connection, result, *file_);
}

Status Statement::run() {
  while (true) {
    TOKPREP_ASSIGN(const bool more, step());
    if (!more) return {};
  }
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int size_bytes = sqlite3_column_bytes(statement_.get(), column);
  return bytes != nullptr ? std::string(bytes, static_cast<std::size_t>(size_bytes)) : std::string();
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

Result<Database> Database::open(const std::filesystem::path& file) {
  sqlite3* connection = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int result = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  Database database(connection, file);  // SQLite wants it closed even when opening failed
  if (result != SQLITE_OK) return database_error(connection, result, file);
  if (sqlite3_db_readonly(connection, "main") == 1) return database_error(connection, SQLITE_READONLY, file);
  // Before there is a journal: that takes over the mode. By name, since closing a descriptor of our own would drop
  // the locks of every other connection of this process. A file of somebody else's keeps the mode it has.
  ::chmod(file.c_str(), S_IRUSR | S_IWUSR);
  sqlite3_busy_timeout(connection, static_cast<int>(kBusyTimeout.count()));
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (result != SQLITE_OK) return database_error(connection_.get(), result, file_);
  return Statement(statement, file_);
}

Status Database::execute(const char* sql) {
  const int result = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return database_error(connection_.get(), result, file_);
  return {};
}

Result<std::int64_t> Database::number(std::string_view sql) {
  TOKPREP_ASSIGN(auto statement, prepare(sql));
  TOKPREP_ASSIGN(const bool found, statement.step());
  if (!found) return fail(ErrorCode::kInternal, fmt::format("no row from {}", sql));
  return statement.integer(0);
}

Result<Transaction> Transaction::begin(Database& database) {
  TOKPREP_TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK"));
}

Status Transaction::commit() {
  TOKPREP_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace tokprep::sqlite
