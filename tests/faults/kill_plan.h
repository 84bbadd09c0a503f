#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/faults/kill_stock.h"

namespace tokprep::faults {

/// Who is killed.
enum class Victim { kSupervisor, kOneWorker, kAllWorkers, kEverybody };
constexpr std::size_t kVictims = 4;
std::string_view name_of(Victim victim);

/// One SIGKILL: when, and whom. Exactly one of the three moments is set. Where only workers are to be killed and none
/// runs at the moment, the next one is.
struct KillPoint {
  Victim victim = Victim::kSupervisor;
  std::size_t which = 0;                       ///< kOneWorker: of those that run, modulo their number
  std::optional<double> at_share;              ///< of the time that an undisturbed run takes
  std::optional<std::uint64_t> at_line;        ///< once so many lines have been printed
  std::optional<std::uint64_t> at_request;     ///< once the service has heard so many requests
  std::optional<bool> held_and_acted_on = {};  ///< that request is held meanwhile, having been acted on or not
};

/// A batch that is run once for each point, and then until nothing is left.
struct KillPlan {
  std::uint64_t seed = 0;
  std::size_t mix = 0;  ///< of the stock
  std::vector<KillPoint> points;
};

/// What an undisturbed run of a mix is made of, so that points can be spread over it.
struct Extent {
  double seconds = 0;
  std::uint64_t lines = 0, requests = 0;
};

/// The same seed draws the same plan wherever the extents agree; `extents` has one for each mix.
KillPlan draw_kills(std::uint64_t seed, const std::vector<Extent>& extents);

/// The fault script while the point is waited for.
Json faults_of(const KillPoint& point);

/// For people.
std::string describe(const KillPlan& plan, const KillStock& stock);

}  // namespace tokprep::faults
