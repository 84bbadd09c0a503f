#pragma once

#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/ledger_types.h"
#include "pipeline/sqlite.h"

namespace tokprep {

/// What `LedgerView::check` says of an open ledger. Errors: those of the database.
Result<std::vector<LedgerProblem>> check_ledger(sqlite::Database& database, Clock::TimePoint now);

}  // namespace tokprep
