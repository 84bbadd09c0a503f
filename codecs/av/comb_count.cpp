#include "codecs/av/comb_count.h"

#include <algorithm>

namespace tokprep::av {
namespace {

using Comb = FieldSigns::Comb;
using Repeat = FieldSigns::Repeat;

constexpr int kFewestTelling = 10;
constexpr int kClearFrom = 16;
constexpr std::size_t kCycle = 5;  // four film frames make five of video

struct Count {
  int progressive = 0, top_first = 0, bottom_first = 0;

  void add(const FieldSigns& frame) {
    progressive += frame.comb == Comb::kProgressive ? 1 : 0;
    top_first += frame.comb == Comb::kTopFirst ? 1 : 0;
    bottom_first += frame.comb == Comb::kBottomFirst ? 1 : 0;
  }
  [[nodiscard]] int combed() const { return top_first + bottom_first; }
  [[nodiscard]] int telling() const { return combed() + progressive; }
  [[nodiscard]] FieldOrder order() const {
    if (top_first >= 3 * bottom_first) return FieldOrder::kTopFirst;
    if (bottom_first >= 3 * top_first) return FieldOrder::kBottomFirst;
    return FieldOrder::kUnknown;
  }
};

/// How well a run shows 3:2 pulldown that begins at one frame: in every five, the third repeats the field that is
/// first in time, the fifth the other.
struct Fit {
  int due = 0;    ///< frames where a field should be repeated
  int seen = 0;   ///< and is
  int other = 0;  ///< fields repeated where none should be

  [[nodiscard]] bool good() const { return due >= 4 && seen * 4 >= due * 3 && other * 4 <= due; }
};

Fit fit_at(const std::vector<FieldSigns>& run, std::size_t first, Repeat early, Repeat late) {
  Fit fit;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (run[i].comb == Comb::kUnclear && run[i].repeat == Repeat::kNone) continue;
    const std::size_t place = (i + kCycle - first) % kCycle;
    const Repeat expected = place == 2 ? early : place == 4 ? late : Repeat::kNone;
    const bool as_expected = run[i].repeat == expected;
    if (expected != Repeat::kNone) ++fit.due;
    if (expected != Repeat::kNone && as_expected) ++fit.seen;
    if (expected == Repeat::kNone && !as_expected) ++fit.other;
  }
  return fit;
}

bool is_telecined(const std::vector<FieldSigns>& run) {
  for (std::size_t first = 0; first < kCycle; ++first) {
    if (fit_at(run, first, Repeat::kTop, Repeat::kBottom).good()) return true;
    if (fit_at(run, first, Repeat::kBottom, Repeat::kTop).good()) return true;
  }
  return false;
}

}  // namespace

FieldVerdict judge_fields(const std::vector<std::vector<FieldSigns>>& runs) {
  Count count;
  for (const auto& run : runs) {
    for (const FieldSigns& frame : run) count.add(frame);
  }
  FieldVerdict verdict;
  if (count.telling() < kFewestTelling) return verdict;
  const bool combed = count.combed() * 4 >= count.telling();
  if (combed && std::ranges::any_of(runs, is_telecined)) return {count.order(), true, true};
  if (count.combed() * 20 <= count.telling()) {
    verdict.order = FieldOrder::kProgressive;
  } else if (combed) {
    verdict.order = count.order();
    verdict.clear = count.combed() >= kClearFrom && count.combed() * 10 >= count.telling() * 9;
  }
  return verdict;
}

}  // namespace tokprep::av
