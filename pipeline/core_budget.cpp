#include "pipeline/core_budget.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "codecs/sniff.h"
#include "pipeline/folder_names.h"

namespace tokprep {
namespace {

// Measured on phone videos at 16 Mb/s and on camera PNGs; a video may as well turn out to need nothing at all.
constexpr double kVideoSecondsPerByte = 0.3e-6;
constexpr double kImageSecondsPerByte = 10e-9;
constexpr double kImageSeconds = 0.03;
// A job this little above its share of the cores does not need another.
constexpr double kTolerance = 0.1;

}  // namespace

CpuTime predicted_cost(const Item& item) {
  CpuTime cost{0};
  for (const std::filesystem::path& source : item.sources) {
    std::error_code error;
    const auto size_bytes = static_cast<double>(std::filesystem::file_size(source, error));
    if (error) continue;
    const bool picture = item.photo_folder || promised_kind(source.filename().string()) == MediaKind::kImage;
    cost += CpuTime(picture ? kImageSeconds + size_bytes * kImageSecondsPerByte : size_bytes * kVideoSecondsPerByte);
  }
  return cost;
}

CoreBudget::CoreBudget(int cores, int lanes) : cores_(std::max(cores, 1)) { share_among(lanes); }

void CoreBudget::share_among(int lanes) {
  const std::lock_guard lock(mutex_);
  const int shares = std::max(lanes, 1);
  fewest_ = (cores_ + shares - 1) / shares;
}

void CoreBudget::replace(std::size_t id, const Work& work) {
  Work& known = work_[id];
  (known.guessed ? guessed_ : known_) -= known.left();
  (work.guessed ? guessed_ : known_) += work.left();
  known = work;
}

void CoreBudget::expect(std::size_t id, CpuTime guess) {
  const std::lock_guard lock(mutex_);
  replace(id, {guess, 0, true});
}

void CoreBudget::progress(std::size_t id, double done) {
  const std::lock_guard lock(mutex_);
  const auto known = work_.find(id);
  if (known == work_.end()) return;
  Work work = known->second;
  work.done = std::clamp(done, 0.0, 1.0);
  replace(id, work);
}

void CoreBudget::finished(std::size_t id) {
  const std::lock_guard lock(mutex_);
  replace(id, {});
  work_.erase(id);
}

/// The guesses that are left, as far as guesses are to be believed.
CpuTime CoreBudget::expected() const {
  const CpuTime all = looked_at_ + guessed_;
  if (all.count() <= 0 || guessed_.count() <= 0) return CpuTime(0);
  return guessed_ * std::min(1.0, turned_out_ / all);
}

int CoreBudget::threads_for(std::size_t id, CpuTime cost) {
  const std::lock_guard lock(mutex_);
  const auto known = work_.find(id);
  if (known != work_.end() && known->second.guessed) {
    looked_at_ += known->second.cost;
    turned_out_ += cost;
  }
  replace(id, {cost, 0});
  const CpuTime all = std::max(known_ + expected(), cost);  // sums of floating point lose a little
  const double part = cost.count() > 0 ? cost / all : 0;
  const int fair = static_cast<int>(std::ceil(cores_ * part - kTolerance));
  return std::clamp(fair, fewest_, cores_);
}

}  // namespace tokprep
