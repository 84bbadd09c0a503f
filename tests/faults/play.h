#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "tests/faults/running.h"
#include "tests/faults/schedule.h"

namespace tokprep::faults {

/// What became of a schedule: everything that can be judged.
struct Story {
  std::filesystem::path folder;
  std::string api_key;
  std::vector<RunReport> runs;  ///< in order of their end
  std::vector<Json> status;     ///< lines of type "status": all unsettled posts, and each that the service has
  std::vector<Json> ledger;     ///< its rows in the end
  Json capped = Json::array();  ///< posts that the service had accepted before the calm runs
  Json counts;                  ///< the service's own account
  std::string requests;         ///< the service's log, one JSON object a line: what each request met
};

/// Plays a schedule in an empty `folder`. Error: only where the play itself cannot go on.
Result<Story> play(const Schedule& schedule, const Stock& stock, const std::filesystem::path& program,
                   const std::filesystem::path& folder);

}  // namespace tokprep::faults
