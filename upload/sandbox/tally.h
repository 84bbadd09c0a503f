#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "upload/sandbox/request_log.h"

namespace tokprep::sandbox {

/// How often what came in. Counts what stands in requests.jsonl and nothing else, so a restart goes on counting.
/// Thread-safe.
class Tally {
 public:
  static constexpr std::size_t kSentencesKept = 200;

  /// Counts the lines that are there already; one that was cut by a crash is passed over.
  void read(const std::filesystem::path& requests);

  void add(const LoggedRequest& request);

  /// {"requests": {"total", "by_endpoint", "by_status", "bytes"}, "faults": {"total", "by_kind"},
  ///  "violations": {"total", "sentences": the last 200, each with its endpoint}}
  [[nodiscard]] Json counts() const;

  /// How many calls of the API there were.
  [[nodiscard]] std::uint64_t api_calls() const;

 private:
  mutable std::mutex mutex_;  // guards all below
  std::uint64_t total_ = 0, bytes_ = 0, api_calls_ = 0, faults_ = 0, violations_ = 0;
  std::map<std::string, std::uint64_t> by_endpoint_, by_status_, by_fault_;
  std::deque<Json> sentences_;
};

}  // namespace tokprep::sandbox
