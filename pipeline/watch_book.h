#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "pipeline/batch.h"
#include "pipeline/folder.h"

namespace tokprep {

/// What an item's files look like: sizes, times and identity of its sources, its cover and the `tokprep.toml` files
/// from `root` down to it, what its sidecars say, and where its outputs go. Two looks that are equal are of one state
/// of the item. Reads no content.
std::string look_of(const Item& item, const std::filesystem::path& root);

/// Which items of a watched folder are to be done when: the memory between one look at the folder and the next. Pure:
/// the caller looks and tells the time. Holds an entry of about 200 bytes for each item that is there. Not thread-safe.
///
/// An item is due once it has looked the same for its quiet time. While it is done it is not due again; if it changed
/// meanwhile it is afterwards. One that failed for good is due when it looks otherwise; after a temporary failure also
/// when a while has passed that doubles each time. An item whose outputs would go where those of one under way go waits
/// until that has ended: stems are given anew at each look, and a newcomer may be given one in use.
class WatchBook {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Seen {
    std::string name;
    std::string look;
    std::chrono::milliseconds quiet{0};
    bool is_being_written = false;  ///< somebody is known to hold a file of it open for writing
    std::string stem = {};          ///< where its outputs go, in lower case as `OutputStems` compares; empty: nowhere
    /// Asked of what would be due, as it reads the files: true where one of them is not whole yet. Then the item goes
    /// on waiting. Empty: all are.
    std::function<bool()> is_unfinished = {};
  };

  /// All that is in the folder now, each once; returns the places of those that are due. What is gone is forgotten.
  std::vector<std::size_t> take(const std::vector<Seen>& seen, TimePoint now);

  /// Begins one that is due, as it is now; false where it is not due any more, as it changed or is gone. `end` must be
  /// called for each that was begun.
  bool begin(const Seen& seen, TimePoint now);

  /// True for one that was begun and has looked otherwise since.
  [[nodiscard]] bool has_changed(const std::string& name) const;

  void end(const std::string& name, const ItemOutcome& outcome, TimePoint now);

  /// When an item becomes due although nothing happens, later than `after`; nothing where none will. What waits for
  /// another to end does not count until then.
  [[nodiscard]] std::optional<TimePoint> next_due(TimePoint after = TimePoint::min()) const;

  /// Those that have not looked the same for long enough.
  [[nodiscard]] std::vector<std::string> waiting() const;

  [[nodiscard]] std::size_t running() const { return running_.size(); }

 private:
  enum class State { kWaiting, kRunning, kSettled };
  struct Entry {
    std::string look;
    TimePoint due;  ///< kWaiting; kSettled with `again`; kRunning where it `changed`
    State state = State::kWaiting;
    bool again = false;       ///< kSettled: to be tried again at `due`
    bool changed = false;     ///< kRunning: looks otherwise than when it was begun
    int failures = 0;         ///< temporary ones in a row
    unsigned generation = 0;  ///< of the last `take` that saw it
  };

  bool is_due(Entry& entry, const Seen& seen, TimePoint now);
  [[nodiscard]] bool is_stem_free(const std::string& stem) const;

  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<std::string, std::string> running_;  // name -> stem
  std::unordered_set<std::string> busy_stems_;            // of those
  std::unordered_set<std::string> held_;                  // names: due, were their stems free
  unsigned generation_ = 0;
};

}  // namespace tokprep
