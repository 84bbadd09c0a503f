#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/faults/stock.h"

namespace tokprep::faults {

/// One item of a batch: something of the stock under a caption of its own.
struct PlannedItem {
  StockItem stock;
  std::string caption;          ///< empty: none
  bool never_complies = false;  ///< its caption is longer than TikTok takes
  std::string fails_late = {};  ///< TikTok's reason to refuse it after the service has taken it; empty: it does not
};

/// How a run is ended from outside: at a time, or once the service has heard so many requests; whichever is set.
struct Blow {
  int signal = 0;  ///< SIGKILL or SIGTERM; 0: the run may end by itself
  std::optional<int> after_ms;
  std::optional<std::uint64_t> at_request;
};

struct PlannedRun {
  Json faults;  ///< the sandbox's fault script while it runs
  Blow blow;
  std::optional<int> companion_after_ms;  ///< a second process, started so much later on the same folder
};

/// Places that are too few for the batch, while things go wrong.
struct Cap {
  int per_day = 0;
  std::string over_cap;  ///< as --over-cap has it
};

/// A short batch and everything that goes wrong with it. After `runs` the service behaves (`calm`), and the batch is
/// run again until nothing more changes.
struct Schedule {
  std::uint64_t seed = 0;
  std::vector<PlannedItem> items;
  std::vector<PlannedRun> runs;
  Json calm;
  std::vector<std::string> arguments = {};                   ///< of every post, beside the usual ones: "--every", "6h"
  std::optional<std::chrono::hours> date_in = std::nullopt;  ///< of every post, so long after the first run
  std::optional<Cap> cap = std::nullopt;                     ///< gone in the calm runs
  bool has_receiver = false;  ///< a `tokprep webhook` runs all the time, and is told what happens
};

/// Which kind of trouble is drawn.
enum class Trouble {
  kAll,        ///< faults, kills, stops, and now and then a second process
  kCompanion,  ///< a second process on the same folder, and nothing else
  kWide,       ///< as kAll, and dates, caps, late failures and webhooks beside it
};

/// The same seed draws the same schedule from the same stock.
Schedule draw_schedule(std::uint64_t seed, Trouble trouble, const Stock& stock);

/// For people: what is posted, and what happens to each run.
std::string describe(const Schedule& schedule);

}  // namespace tokprep::faults
