#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

/// How far the service's clock may be from ours: what it calls pending may be on its way so long before its date.
inline constexpr std::chrono::minutes kClockSkew{5};

/// A row of the ledger with what the service says of its post. A post that was seen on TikTok never becomes one that
/// may be tried again, and one that was taken back stays so once its date has passed. A post that was deleted counts
/// as taken back where it cannot have gone out: well before its date, or while it waited for an approval.
LedgerPost settled(LedgerPost post, const PostRecord& record, Clock::TimePoint now);

/// "(code 132) too long; …": the service's refusals in its own words.
std::string in_words(const std::vector<ServiceError>& errors);

}  // namespace tokprep
