#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "tests/faults/kill_plan.h"
#include "tests/faults/kill_state.h"
#include "tests/faults/play.h"

namespace tokprep::faults {

/// What became of a plan: everything that can be judged.
struct KillStory {
  Story story;                          ///< its runs; `status` is left empty
  KillState state;                      ///< in the end
  std::vector<bool> struck;             ///< of each point, whether the run was still going on
  double first_seconds = 0;             ///< how long the first run took
  Extent first_extent;                  ///< and what it was made of
  std::vector<std::string> violations;  ///< what was seen to be wrong on the way
};

/// Plays a plan in an empty `folder`. `undisturbed`: the same batch without any points; null while that is played.
/// Error: only where the play itself cannot go on.
Result<KillStory> play_kills(const KillPlan& plan, const KillStock& stock, const std::vector<Extent>& extents,
                             const KillState* undisturbed, const std::filesystem::path& program,
                             const std::filesystem::path& folder);

}  // namespace tokprep::faults
