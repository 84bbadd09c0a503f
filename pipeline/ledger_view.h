#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/ledger_types.h"

namespace tokprep {

/// Which posts; what is unset or empty does not matter.
struct LedgerQuery {
  std::string account = {};
  std::optional<LedgerState> state = std::nullopt;
  std::string item = {};                                 ///< is part of the item's path
  bool is_whole_item = false;                            ///< `item` is all of that path
  std::optional<Clock::TimePoint> since = std::nullopt;  ///< the last attempt began then or later
  int limit = 1000;
};

/// Reads a ledger, whatever account its rows belong to: for `tokprep ledger`. No key is needed, and nothing is changed
/// but the file's version. Errors of every call as those of `Ledger::open`.
class LedgerView {
 public:
  /// kInputUnreadable where there is no such file.
  static Result<LedgerView> open(const std::filesystem::path& file);

  LedgerView(LedgerView&&) noexcept;
  LedgerView& operator=(LedgerView&&) noexcept;
  ~LedgerView();

  /// Newest first, without their events.
  Result<std::vector<LedgerStory>> posts(const LedgerQuery& query);

  /// The posts that `name` can mean, with their events, newest first: a post id, an item's path or the end of one
  /// ("beach.mov"), or the beginning of a content key (8 characters or more). Empty where it means none.
  Result<std::vector<LedgerStory>> stories(const std::string& name);

  Result<std::vector<LedgerAccount>> accounts();
  Result<std::vector<LedgerAsset>> assets();
  Result<std::vector<LedgerUpload>> uploads();  ///< those that live longest first
  Result<std::vector<LedgerDelivery>> deliveries();

  /// All there is to say against the file at the moment `now`; empty where it is sound. Damage is a problem, not an
  /// error, as far as SQLite can still open the file.
  Result<std::vector<LedgerProblem>> check(Clock::TimePoint now);

  /// All of it at one moment.
  Result<LedgerExport> export_all();

 private:
  class Database;
  explicit LedgerView(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace tokprep
