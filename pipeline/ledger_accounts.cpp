// One profile under one API key after another.

#include <array>

#include "pipeline/ledger_database.h"

namespace tokprep {
namespace {

constexpr std::string_view kMovedTo = "moved to ";  // in place of the ref_id; the service's are hexadecimal

// What is behind the key's own fingerprint is that of the profile key: "KEY+PROFILE", or nothing.
constexpr std::string_view kOtherKeys = R"sql(
SELECT account FROM accounts
WHERE account <> ?1 AND ref_id = ?2
  AND substr(account, instr(account || '+', '+')) = substr(?1, instr(?1 || '+', '+')))sql";

// Of a post that is here under both keys, the one that is out stays. What the history alone knew is read again.
constexpr std::array<std::string_view, 4> kMoves = {
    R"sql(
DELETE FROM posts WHERE account = ?1 AND state IN ('planned', 'failed', 'cancelled') AND content_key IN (
  SELECT content_key FROM posts WHERE account = ?2 AND state NOT IN ('planned', 'failed', 'cancelled')))sql",
    "UPDATE OR IGNORE uploads SET account = ?1 WHERE account = ?2",
    "DELETE FROM seen_posts WHERE account = ?2 AND ?1 <> ''",
    "UPDATE accounts SET ref_id = 'moved to ' || ?1, history_read_s = NULL WHERE account = ?2"};

constexpr std::string_view kMovePosts = "UPDATE OR IGNORE posts SET account = ?1 WHERE account = ?2 RETURNING id";

}  // namespace

Result<int> Ledger::Database::take_over(const std::string& ref_id) {
  std::vector<std::string> others;
  TOKPREP_ASSIGN(auto rows, connection.prepare(kOtherKeys));
  rows.bind(account).bind(ref_id);
  while (true) {
    TOKPREP_ASSIGN(const bool more, rows.step());
    if (!more) break;
    others.push_back(rows.text(0));
  }
  int taken = 0;
  for (const std::string& other : others) {
    for (const std::string_view move : kMoves) {
      TOKPREP_ASSIGN(auto statement, connection.prepare(move));
      TOKPREP_TRY(statement.bind(account).bind(other).run());
    }
    TOKPREP_ASSIGN(auto moved, connection.prepare(kMovePosts));
    moved.bind(account).bind(other);
    while (true) {
      TOKPREP_ASSIGN(const bool more, moved.step());
      if (!more) break;
      ++taken;
    }
  }
  return taken;
}

Status Ledger::Database::check_account() {
  TOKPREP_ASSIGN(auto rows, connection.prepare("SELECT ref_id FROM accounts WHERE account = ?"));
  rows.bind(account);
  TOKPREP_ASSIGN(const bool found, rows.step());
  if (!found || !rows.text(0).starts_with(kMovedTo)) return {};
  Error error;
  error.code = ErrorCode::kAuth;
  error.message =
      "the account's posts went over to another API key while this run went on: nothing is posted by this one";
  error.fix = "run again with the new key";
  return fail(std::move(error));
}

}  // namespace tokprep
