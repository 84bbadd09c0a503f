#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/ledger.h"
#include "pipeline/ledger_rows.h"
#include "pipeline/sqlite.h"

namespace tokprep {

/// A row as it stands, for a change of it inside a transaction.
struct LedgerRow {
  std::int64_t id = 0;
  std::string account;
  LedgerPost post;
};

/// The connection, one thread at a time: whoever calls holds `mutex`, but for those that say otherwise.
class Ledger::Database {
 public:
  Database(sqlite::Database opened, std::string for_account, Clock& for_times)
      : connection(std::move(opened)), account(std::move(for_account)), clock(for_times) {}

  /// The posts of this account with one more condition and its parameters. These two take the mutex.
  Result<std::vector<LedgerPost>> posts_where(std::string_view condition, const std::vector<std::string>& values = {});
  Result<std::optional<LedgerPost>> post_where(std::string_view condition, const std::string& value);

  /// One row of any account, by a condition and its parameters.
  Result<std::optional<LedgerRow>> row_where(std::string_view condition, const std::vector<std::string>& values);

  /// The event of a step that is being taken; `from` empty for the first.
  Status note_event(std::int64_t row, std::optional<LedgerState> from, const LedgerPost& post, std::string_view why);

  /// Changes a row to what is now known of it, where its state permits; false where it does not.
  Result<bool> change(const LedgerRow& row, const LedgerPost& post, const std::string& why);

  /// The moments at which posts of this account count; `but` is the content key of the one that is to be placed.
  /// `with_plans`: also those at which planned ones would go out.
  Result<PostTimes> times(const std::string& but, const PostCaps& caps, bool with_plans);

  /// Makes the rows of the same profile under other API keys this account's (ledger_accounts.cpp); how many posts.
  /// Inside a transaction.
  Result<int> take_over(const std::string& ref_id);

  /// Error: kAuth where another key has taken over this account's rows.
  Status check_account();

  /// Error: kUnavailable where a post of any account was submitted minutes ago and has no id yet, so that nobody can
  /// tell which one an event is about.
  Status check_no_call_under_way();

  [[nodiscard]] std::int64_t now_s() const { return seconds_of(clock.now()); }

  std::mutex mutex;
  sqlite::Database connection;
  std::string account;
  Clock& clock;
  KeyedTurns uploads = {};  // by SHA-256
};

}  // namespace tokprep
