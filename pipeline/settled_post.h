#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

/// A row of the ledger with what the service says of its post. A post that was seen on TikTok never becomes one that
/// may be tried again, and one that was taken back stays so once its date has passed.
LedgerPost settled(LedgerPost post, const PostRecord& record, Clock::TimePoint now);

/// "(code 132) too long; …": the service's refusals in its own words.
std::string in_words(const std::vector<ServiceError>& errors);

}  // namespace tokprep
