#pragma once

#include "base/result.h"
#include "pipeline/sqlite.h"

namespace tokprep {

/// Brings a ledger that was just opened to the current version and to WAL with `synchronous=FULL`.
///
/// A new file gets all tables; an older one the steps it lacks, in one transaction, so that several processes may
/// do this at once. Errors: kInvalidArgument, naming the file, where it is not SQLite, belongs to another program,
/// or was written by a newer tokprep (it is left untouched); those of the database.
Status prepare_ledger_schema(sqlite::Database& database);

}  // namespace tokprep
