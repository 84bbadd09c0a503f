#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>

#include "pipeline/folder.h"

namespace tokprep {

/// What work costs on one core. Predicted, so that cores can be shared out; never measured, never a limit.
using CpuTime = std::chrono::duration<double>;

/// What an item will cost before anybody has looked into it: by the size of its files, and whether it is pictures.
/// 0 where it cannot be told.
CpuTime predicted_cost(const Item& item);

/// The cores of a run, shared by the items that are under way and by the threads of each.
///
/// Small jobs are fastest side by side with a thread each; a large one that is left to itself would keep all cores but
/// one idle. So a job is given the part of the cores that its own cost is of all work that is left: one thread among
/// many like it, all of them at the end of the run. Nothing is reserved: a moment of too many threads costs a few
/// per cent, an idle core costs all of it.
///
/// What nobody has looked into is a guess, and far too high for a file that needs nothing. So guesses count as far as
/// those of this run have come true: not at all at first, whole once most of the work was looked into and was as large
/// as guessed. Safe from several threads at once.
class CoreBudget {
 public:
  /// `lanes`: how many large items may run side by side.
  CoreBudget(int cores, int lanes);

  /// From now on so many lanes.
  void share_among(int lanes);

  /// Work that is still to come, at a guess. `id` is the caller's for an item.
  void expect(std::size_t id, CpuTime guess);
  /// How far that item is, 0 to 1.
  void progress(std::size_t id, double done);
  void finished(std::size_t id);

  /// How many threads a job of this cost is to use, at least 1; what is known of the item is replaced. To be asked for
  /// work of no cost as well, as soon as that is known: then nobody reckons with it any more.
  int threads_for(std::size_t id, CpuTime cost);

 private:
  struct Work {
    CpuTime cost{0};
    double done = 0;
    bool guessed = false;
    [[nodiscard]] CpuTime left() const { return cost * (1 - done); }
  };
  void replace(std::size_t id, const Work& work);
  [[nodiscard]] CpuTime expected() const;

  const int cores_;
  std::mutex mutex_;
  int fewest_ = 1;  // by mutex_, as all below: what an item always gets, as no more run than there are lanes
  std::map<std::size_t, Work> work_;
  CpuTime known_{0};      // left, of all that was looked into
  CpuTime guessed_{0};    // left, of all others
  CpuTime looked_at_{0};  // ever, as it was guessed
  CpuTime turned_out_{0};
};

}  // namespace tokprep
