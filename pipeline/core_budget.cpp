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

CoreBudget::CoreBudget(int cores, int lanes)
    : cores_(std::max(cores, 1)), fewest_((cores_ + std::max(lanes, 1) - 1) / std::max(lanes, 1)) {}

void CoreBudget::replace(std::size_t id, const Work& work) {
  Work& known = work_[id];
  left_ += work.left() - known.left();
  known = work;
}

void CoreBudget::expect(std::size_t id, CpuTime cost) {
  const std::lock_guard lock(mutex_);
  replace(id, {cost, 0});
}

void CoreBudget::progress(std::size_t id, double done) {
  const std::lock_guard lock(mutex_);
  const auto known = work_.find(id);
  if (known != work_.end()) replace(id, {known->second.cost, std::clamp(done, 0.0, 1.0)});
}

void CoreBudget::finished(std::size_t id) {
  const std::lock_guard lock(mutex_);
  replace(id, {});
  work_.erase(id);
}

int CoreBudget::threads_for(std::size_t id, CpuTime cost) {
  const std::lock_guard lock(mutex_);
  replace(id, {cost, 0});
  const CpuTime all = std::max(left_, cost);  // sums of floating point lose a little
  const double part = all.count() > 0 ? cost / all : 1;
  const int fair = static_cast<int>(std::ceil(cores_ * part - kTolerance));
  return std::clamp(fair, fewest_, cores_);
}

}  // namespace tokprep
