#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/owned.h"
#include "base/result.h"

/// The little of SQLite that the ledger needs, with our errors. One thread at a time.
namespace tokprep::sqlite {

/// What a result code asks of the caller: kNoSpace (full), kOutputUnwritable (read-only, cannot be opened),
/// kInvalidArgument (damaged, or no database), kTimeout (another process holds it too long), kIo, else kInternal.
/// `system_errno` is what the operating system said last; 0 if nothing.
ErrorCode code_of(int result, int system_errno);

/// One prepared statement: bound from the left, then stepped row by row. Values are copied.
class Statement {
 public:
  /// Binds the next parameter.
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);

  /// True while there is a row to read.
  Result<bool> step();

  /// Steps to the end of a statement whose rows nobody wants.
  Status run();

  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;

 private:
  friend class Database;
  Statement(sqlite3_stmt* statement, const std::filesystem::path& file) : statement_(statement), file_(&file) {}

  Owned<sqlite3_stmt, sqlite3_finalize> statement_;
  const std::filesystem::path* file_;  // the database's, for errors
  int bound_ = 0;
  int bind_result_ = SQLITE_OK;  // the first failure, told by `step`
};

/// One connection. Statements and transactions must not outlive it, nor a move of it.
class Database {
 public:
  /// Opens or makes the file, readable by its owner alone. Its folder must be there.
  static Result<Database> open(const std::filesystem::path& file);

  Result<Statement> prepare(std::string_view sql);
  /// Several statements at once, without parameters.
  Status execute(const char* sql);
  /// The first column of the first row; the statement must give one.
  Result<std::int64_t> number(std::string_view sql);

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  Database(sqlite3* connection, std::filesystem::path file) : connection_(connection), file_(std::move(file)) {}

  Owned<sqlite3, sqlite3_close> connection_;
  std::filesystem::path file_;
};

/// A write transaction: the only writer from `begin` on; undone unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);

  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // null once committed or moved from
};

}  // namespace tokprep::sqlite
