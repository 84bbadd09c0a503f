#pragma once

#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upload/sandbox/fault.h"

namespace tokprep::sandbox {

/// A request as a script sees it.
struct Asked {
  std::string_view method;
  std::string_view path;      ///< as sent: "/api/post"
  std::string_view endpoint;  ///< the contract's name: "post"
  std::int64_t now_ms = 0;
};

/// Which requests a rule is about. Empty texts match everything; of those that match, the `from`-th to the `to`-th
/// are meant, each with `probability`.
struct Match {
  std::string method, path, endpoint;  ///< `path` may end in `*`
  std::uint64_t from = 1;
  std::uint64_t to = std::numeric_limits<std::uint64_t>::max();
  double probability = 1;

  [[nodiscard]] bool covers(const Asked& asked) const;
};

struct FaultRule {
  Match match;
  Fault fault;
  std::uint64_t times = std::numeric_limits<std::uint64_t>::max();  ///< how often it fires at most
  std::int64_t for_ms = 0;  ///< how long after its first firing it still fires, by the sandbox's clock; 0: for ever
};

/// Faults drawn for every request there is: the n-th request of two runs with one seed meets the same.
struct RandomFaults {
  std::uint64_t seed = 0;
  double rate = 0;
  std::vector<Fault> faults;
  std::uint64_t times = std::numeric_limits<std::uint64_t>::max();
};

/// What goes wrong with webhooks.
struct HookFaults {
  int repeat = 1;                      ///< how often each is sent, with the same hookId
  int reorder = 1;                     ///< so many are collected and sent newest first
  bool bad_signature = false;          ///< signed with another secret
  std::int64_t timestamp_shift_s = 0;  ///< X-Authorization-Timestamp is so far off
};

/// The whole document:
///
///     {"seed": 7,
///      "rules": [{"match": {"endpoint": "post", "from": 2, "to": 3, "probability": 0.5},
///                 "fault": {"kind": "cut_after"}, "times": 1, "for_ms": 5000}],
///      "random": {"seed": 1, "rate": 0.1, "faults": ["cut_before", {"kind": "stall", "ms": 200}], "times": 10},
///      "webhooks": {"repeat": 2, "reorder": 3, "bad_signature": false, "timestamp_shift_s": 0}}
///
/// `match` takes method, path, endpoint, from, to, nth (both at once) and probability. Of several rules the first
/// wins; conditions (clock_skew, history_lag, unguarded) hold beside it. Every rule counts the requests that match,
/// whether it fires or not.
struct FaultDocument {
  std::uint64_t seed = 0;  ///< of the rules' probabilities
  std::vector<FaultRule> rules;
  std::optional<RandomFaults> random;
  HookFaults webhooks;
};

/// Error: kInvalidArgument naming the member nobody knows or that does not fit.
Result<FaultDocument> parse_faults(const Json& json);

/// Decides what each request meets. Thread-safe.
class FaultScript {
 public:
  /// Begins to count anew.
  void replace(Json source, FaultDocument document);

  /// At most one fault that is no condition.
  std::vector<Fault> decide(const Asked& asked);

  [[nodiscard]] HookFaults webhooks() const;

  /// {"script": as it was given, "requests": n, "rules": [{"matched", "fired"}], "random": {"fired"}}
  [[nodiscard]] Json usage() const;

 private:
  struct Use {
    std::uint64_t matched = 0, fired = 0;
    std::int64_t first_ms = 0;
  };

  bool fires(std::size_t index, const Asked& asked);
  std::optional<Fault> draw(const Asked& asked);

  mutable std::mutex mutex_;  // guards all below
  Json source_ = Json::object();
  FaultDocument document_;
  std::vector<Use> uses_;  // one a rule
  std::uint64_t requests_ = 0;
  std::uint64_t drawn_ = 0;
};

}  // namespace tokprep::sandbox
