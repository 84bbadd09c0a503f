#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "base/boxed.h"
#include "base/result.h"
#include "pipeline/folder.h"
#include "pipeline/folder_sidecars.h"

namespace tokprep {

/// An item, with the sidecars that are still to be read.
struct Candidate {
  Item item;
  Boxed<Sidecars> sidecars;
};

/// How long after its last change a media file that ends early counts as still being written. A slow copy writes more
/// often than that; one that was given up is older, becomes an item, and fails with its reason.
inline constexpr std::chrono::seconds kFreshTime{60};

/// True where a media file was changed within `kFreshTime` and ends early: it counts as still being written.
bool is_unfinished(const std::filesystem::path& file);

/// Looks at every source and sidecar, waits, and looks again: candidates with a file that changed meanwhile go to
/// `left_out`, and so do those with a fresh source that `ends_early`. Where the end of a source that was changed within
/// the last three seconds is not to be told from its bytes, all of these are looked at again a while later. A deque,
/// since a folder may hold 100,000 of them: none is copied to make room. Without a time to wait all are kept, in order.
/// Error: kCancelled.
Result<std::deque<Candidate>> keep_settled(std::deque<Candidate> candidates, std::chrono::milliseconds settle_time,
                                           std::stop_token stop, std::vector<LeftOut>& left_out);

}  // namespace tokprep
