#include "pipeline/run_stems.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"
#include "pipeline/certificate.h"
#include "pipeline/output_stems.h"
#include "pipeline/ownership.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr int kFirstNumber = 2;
constexpr int kNumbersAround = 8;  // a line more or less in a manifest shifts the numbers of all that follow

/// The stems that an item may have, by number: what it is called, the same with its extension, `-2`, `-3` …
class Variants {
 public:
  explicit Variants(const Item& item) {
    const fs::path& own = item.output_stem;
    if (item.part) part_ = fmt::format(".part{}", item.part->number);
    fs::path name = item.photo_folder ? item.sources.front().parent_path().filename() : item.sources.front().stem();
    if (name.empty() || !own.filename().native().starts_with(name.native())) {
      // Not called after its files: a carousel, or a folder that was named as ".".
      const std::string whole = own.filename().native();
      name = whole.substr(0, whole.size() - part_.size());
    }
    plain_ = own.parent_path() / name;
    if (!item.photo_folder) extension_ = item.sources.front().extension().string();
    number_ = number_in(own);
  }

  [[nodiscard]] const fs::path& plain() const { return plain_; }
  [[nodiscard]] int number() const { return number_; }  ///< of the item's own stem, or the first

  [[nodiscard]] std::vector<fs::path> unnumbered() const {
    std::vector<fs::path> stems = {with("")};
    if (!extension_.empty()) stems.push_back(with(extension_));
    return stems;
  }

  [[nodiscard]] fs::path numbered(int number) const { return with(fmt::format("-{}", number)); }

 private:
  [[nodiscard]] fs::path with(const std::string& ending) const {
    fs::path stem = plain_;
    if (ending.starts_with('-')) stem = fitting_stem(stem);
    stem += ending;
    stem = fitting_stem(stem);
    stem += part_;
    return stem;
  }

  [[nodiscard]] int number_in(const fs::path& own) const {
    const std::string& text = own.native();
    const std::size_t dash = text.rfind('-');
    int number = kFirstNumber;
    if (dash == std::string::npos) return number;
    std::from_chars(text.data() + dash + 1, text.data() + text.size(), number);
    return number > kFirstNumber && numbered(number) == own ? number : kFirstNumber;
  }

  fs::path plain_;
  std::string extension_;
  std::string part_;
  int number_ = kFirstNumber;
};

/// The item's search for its place.
class Search {
 public:
  Search(const Item& item, const fs::path& output_dir, RunStems* stems, const Originals* originals,
         const RunContext& run)
      : item_(item), output_dir_(output_dir), stems_(stems), originals_(originals), run_(run), variants_(item) {}

  fs::path find() {
    const Owner at_own = owner_of(item_.output_stem);
    if (at_own == Owner::kThisItem) return item_.output_stem;
    if (auto earlier = find_earlier()) return *earlier;
    return at_own == Owner::kOther ? find_free() : item_.output_stem;
  }

 private:
  [[nodiscard]] Owner owner_of(const fs::path& stem) const {
    Item there = item_;
    there.output_stem = stem;
    return standing_at(certificate_path(there, output_dir_), item_, originals_, run_).owner;
  }

  [[nodiscard]] bool take(const fs::path& stem, bool as_owner) const {
    return stems_ == nullptr || stems_->take(item_, stem, as_owner);
  }

  /// Where an earlier run, with other items, put it.
  [[nodiscard]] std::optional<fs::path> find_earlier() const {
    for (const fs::path& stem : variants_.unnumbered()) {
      if (is_earlier(stem, owner_of(stem))) return stem;
    }
    const int own = variants_.number();
    for (int number = std::max(kFirstNumber, own - kNumbersAround); number <= own + kNumbersAround; ++number) {
      const fs::path stem = variants_.numbered(number);
      const Owner owner = owner_of(stem);
      if (is_earlier(stem, owner)) return stem;
      if (owner == Owner::kNobody && number >= own) break;  // they are given in turn
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_earlier(const fs::path& stem, Owner owner) const {
    return stem != item_.output_stem && owner == Owner::kThisItem && take(stem, true);
  }

  [[nodiscard]] fs::path find_free() const {
    for (const fs::path& stem : variants_.unnumbered()) {
      if (take(stem, false) && owner_of(stem) == Owner::kNobody) return stem;
    }
    for (int number = kFirstNumber;; ++number) {
      if (stems_ != nullptr) number = stems_->next_number(variants_.plain(), number);
      const fs::path stem = variants_.numbered(number);
      if (take(stem, false) && owner_of(stem) == Owner::kNobody) return stem;
    }
  }

  const Item& item_;
  const fs::path& output_dir_;
  RunStems* stems_;
  const Originals* originals_;
  const RunContext& run_;
  Variants variants_;
};

}  // namespace

void RunStems::read_items() {
  if (std::exchange(was_read_, true)) return;
  for (const Item& item : items_) {
    if (item.sources.empty()) continue;
    holders_.try_emplace(to_lower(item.output_stem.native()), Holder{item.name, item.sources.front()});
  }
}

bool RunStems::take(const Item& item, const fs::path& stem, bool as_owner) {
  const std::lock_guard lock(mutex_);
  read_items();
  const auto [place, is_new] = holders_.try_emplace(to_lower(stem.native()), Holder{item.name, item.sources.front()});
  Holder& holder = place->second;
  if (is_new || holder.item == item.name) return true;
  if (!as_owner || holder.source == item.sources.front()) return false;
  holder = {item.name, item.sources.front()};
  return true;
}

int RunStems::next_number(const fs::path& stem, int at_least) {
  const std::lock_guard lock(mutex_);
  int& number = numbers_.try_emplace(to_lower(stem.native()), at_least).first->second;
  number = std::max(number, at_least);
  return number++;
}

fs::path settled_stem(const Item& item, const fs::path& output_dir, RunStems* stems, const Originals* originals,
                      const RunContext& run) {
  if (item.output_is_given || item.sources.empty()) return item.output_stem;
  return Search(item, output_dir, stems, originals, run).find();
}

}  // namespace tokprep
