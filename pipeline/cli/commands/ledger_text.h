#pragma once

#include <string>

#include "pipeline/ledger_types.h"

namespace tokprep::cli {

// What a ledger holds, for people. Texts from outside are shown with control characters escaped.

/// One line a post: when, state, item, id, url, why.
std::string row_text(const LedgerPost& post);

/// One post whole: the row, the caption, its media, and its events under it.
std::string story_text(const LedgerStory& story);

std::string problem_text(const LedgerProblem& problem);

}  // namespace tokprep::cli
