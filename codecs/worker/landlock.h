#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace tokprep {

/// What may still be opened by name.
struct OpenPlaces {
  std::vector<std::filesystem::path> readable_files;  ///< those that are there; the others are passed over
  std::filesystem::path writable_folder;              ///< everything beneath it; empty: nowhere
};

/// Takes the file system, TCP, and signals and abstract sockets beyond itself away from the calling thread and those
/// it starts later, for good, as far as the running kernel can: call it while there is only one thread.
/// Returns the version of Landlock that is in force: 1 files, 2 links, 3 truncation, 4 TCP, 5 devices, 6 signals.
/// Source: linux/landlock.h and landlock(7); newer rights are named here, as Debian 12's header ends at version 2.
/// Error: kUnsupportedInput where the kernel has no Landlock, or it is turned off; kInternal.
Result<int> enter_landlock(const OpenPlaces& places);

}  // namespace tokprep
