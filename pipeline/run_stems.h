#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/run_context.h"
#include "pipeline/folder.h"
#include "pipeline/originals.h"

namespace tokprep {

/// Which item of a run has which output stem, where those that `OutputStems` gave do not hold on the disk. Costs
/// nothing until it is first asked. Safe from several threads.
class RunStems {
 public:
  /// `items` must outlive it.
  explicit RunStems(const std::vector<Item>& items) : items_(items) {}

  /// Makes `stem` the item's; false where another has it. `as_owner`: the result that stands there is the item's own,
  /// so that an item of other sources, which was given that stem for want of knowing, is to have another.
  bool take(const Item& item, const std::filesystem::path& stem, bool as_owner);

  /// From which number on to look for a free `stem-N`: above those that were looked at before.
  int next_number(const std::filesystem::path& stem, int at_least);

 private:
  struct Holder {
    std::string item;
    std::filesystem::path source;
  };
  void read_items();

  const std::vector<Item>& items_;
  std::mutex mutex_;
  bool was_read_ = false;
  std::unordered_map<std::string, Holder> holders_;  // by stem, as `OutputStems` compares
  std::unordered_map<std::string, int> numbers_;
};

/// Where the item's outputs go: its stem, unless the result of another item stands there.
///
/// A result keeps its stem for its source, whatever else was put beside it or is sent into the same folder: the item
/// whose result it is gets it back, and the other one the next name that is free (`clip.webm`, `clip-2`), where a later
/// run finds it again. A stem that the user gave (`Item::output_is_given`) is never changed. Null `stems` and
/// `originals`: the item is alone.
std::filesystem::path settled_stem(const Item& item, const std::filesystem::path& output_dir, RunStems* stems,
                                   const Originals* originals, const RunContext& run);

}  // namespace tokprep
