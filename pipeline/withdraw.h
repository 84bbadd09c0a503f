#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

enum class Withdrawal {
  kDone,     ///< it was deleted at the service just now
  kAlready,  ///< it had been taken back before: nothing was sent
};

/// Whether a post could be taken back, by what is known of it: it waits for an approval, is paused, or its date is more
/// than five minutes away, as the service's clock may be ahead of ours. One that was taken back counts as such. Errors:
/// kRejected for one that is on TikTok, on its way there, or failed; kOutcomeUnknown for one whose answer was lost.
Status check_withdrawable(const LedgerPost& post, Clock::TimePoint now);

/// Takes back a post that has not gone out yet: looks at it at the service, deletes it there, and notes it as
/// kCancelled, after which it neither counts for the caps nor stands in the way of being posted again.
///
/// `post` is a row of the ledger, or, of a post that the ledger does not know, its `post_id` in kAccepted; afterwards
/// it is what is known then, whatever comes of the call. A lost answer leaves the row as it was, and calling again
/// settles it. A post whose date passed during the call may be out, and is noted as published. Errors: those of
/// `check_withdrawable`, of the client and of the ledger.
Result<Withdrawal> withdraw(LedgerPost& post, AyrshareClient& client, Ledger& ledger, const RunContext& run);

}  // namespace tokprep
