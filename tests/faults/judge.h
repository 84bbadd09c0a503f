#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/faults/play.h"
#include "tests/faults/schedule.h"

namespace tokprep::faults {

/// What one schedule, or many, came to.
struct Verdict {
  std::uint64_t schedules = 0, processes = 0, requests = 0;
  std::map<std::string, std::uint64_t> faults;  ///< by kind; conditions are left out
  std::uint64_t kills = 0, stops = 0;
  std::uint64_t items = 0, posts = 0, unknown = 0;            ///< unknown: items left so, and listed
  std::uint64_t webhooks = 0;                                 ///< received, repeated ones too
  std::uint64_t late_failures = 0;                            ///< posts that TikTok refused after they were accepted
  std::uint64_t duplicates = 0, lost = 0, foreign_bytes = 0;  ///< each of them is a violation as well
  std::uint64_t unknown_at_service = 0;                       ///< of the unknown ones, those that the service has
  std::vector<std::string> violations;                        ///< in words

  void add(const Verdict& other);
};

/// Judges a schedule by what the service received, what tokprep said, and what it has on record:
/// no item posted twice; none without a post that is neither listed as unknown nor refused for good; nothing posted
/// but the outputs' own bytes; each accepted post on record under its id, or its item listed as unknown; exit codes
/// that fit the lines; no request the strict service objects to; the key in no output and no file.
Verdict judge(const Schedule& schedule, const Story& story);

/// The table for people.
std::string table_of(const Verdict& verdict);

}  // namespace tokprep::faults
