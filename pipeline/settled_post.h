#pragma once

#include "base/clock.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

/// A row of the ledger with what the service says of its post. A post that was seen on TikTok never becomes one that
/// may be tried again.
LedgerPost settled(LedgerPost post, const PostRecord& record, Clock::TimePoint now);

}  // namespace tokprep
