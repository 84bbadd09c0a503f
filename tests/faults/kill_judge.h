#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/faults/kill_plan.h"
#include "tests/faults/kill_play.h"

namespace tokprep::faults {

/// What one plan, or many, came to.
struct KillVerdict {
  std::uint64_t plans = 0, processes = 0;
  std::array<std::uint64_t, kVictims> kills{};        ///< by victim
  std::uint64_t missed = 0;                           ///< points at which nobody was there to kill
  std::uint64_t lost_workers = 0;                     ///< items of a run that failed for want of their worker
  std::uint64_t items = 0, posts = 0, unknown = 0;    ///< unknown: claimed, never received, and listed so
  std::uint64_t duplicates = 0, lost = 0;             ///< each of them is a violation as well
  std::uint64_t encoded_alike = 0, encoded_same = 0;  ///< encoded videos equal by facts, and by bytes too
  std::vector<std::string> violations;                ///< in words

  void add(const KillVerdict& other);
  [[nodiscard]] std::uint64_t kills_in_all() const;
};

/// Holds what became of a plan against what an undisturbed run of its batch leaves.
///
/// The same files with the same bytes, or for encoded videos the same facts; certificates that fit them; each post at
/// the service once, with those files' bytes; the same rows in the ledger; nothing else, in `out` or $TMPDIR, and no
/// process. One thing alone may differ: a post that was claimed and then killed before the service had it is listed
/// as unknown instead, since from here nobody can tell.
KillVerdict judge(const KillPlan& plan, const KillStory& story, const KillState& undisturbed);

/// The table for people.
std::string table_of(const KillVerdict& verdict);

}  // namespace tokprep::faults
