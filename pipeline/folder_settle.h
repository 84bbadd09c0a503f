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
  bool is_named = false;  ///< the user named its file, or one of them, itself
};

/// How long after its last change a media file that ends early counts as still being written. A slow copy writes more
/// often than that; one that was given up is older, becomes an item, and fails with its reason.
inline constexpr std::chrono::seconds kFreshTime{60};

/// True where a media file was changed within `kFreshTime`, and ends early or is open for writing: it counts as still
/// being written.
bool is_unfinished(const std::filesystem::path& file);

/// Leaves out what is still being written.
///
/// Looks at every source and sidecar, waits, and looks again. A media file that was changed within `kFreshTime` must
/// not be open for writing, nor end early; all that were changed within the last three seconds, whatever their bytes
/// say, are looked at once more a while later: together, so that this costs one wait however many there are. A
/// candidate that does not pass goes to `left_out`; one that the user named fails instead (kIo: run again), but for its
/// early end, which its own failure tells better.
///
/// A deque, since a folder may hold 100,000 of them: none is copied to make room. Without a time to wait all are kept,
/// in order; where all were named and none is fresh, nothing is waited for. Error: kCancelled.
Result<std::deque<Candidate>> keep_settled(std::deque<Candidate> candidates, std::chrono::milliseconds settle_time,
                                           std::stop_token stop, std::vector<LeftOut>& left_out);

/// The same for items whose files were all named, as in a manifest. Error: kCancelled.
Status fail_unsettled(std::vector<Item>& items, std::chrono::milliseconds settle_time, std::stop_token stop);

}  // namespace tokprep
