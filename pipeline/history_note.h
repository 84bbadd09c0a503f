#pragma once

#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

/// Those of a history that count for the caps and the texts of an account: not what failed or was deleted, nor what
/// waits for an approval without a date. Each at its date, else when it was made.
std::vector<SeenPost> counting_posts(const std::vector<PostRecord>& history);

/// Sees to it that the ledger knows what the service's history of the account shows, so that posts made by hand count.
/// The service itself renews a long history once a minute; one that is younger is not asked for again, by whichever
/// process it was read. Errors: those of `AyrshareClient::history` and of the ledger.
Status keep_history_noted(AyrshareClient& client, Ledger& ledger, const RunContext& run);

}  // namespace tokprep
