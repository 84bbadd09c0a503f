#include "upload/ayrshare/upload_speed.h"

#include <algorithm>

namespace tokprep {
namespace {

constexpr std::uint64_t kTellingBytes = 4'000'000;
constexpr std::chrono::milliseconds kTellingTime{200};
constexpr std::size_t kRemembered = 8;

}  // namespace

void UploadSpeed::note(std::uint64_t sent_bytes, std::chrono::milliseconds took, int at_once) {
  if (sent_bytes < kTellingBytes || took < kTellingTime) return;
  const double bytes_per_s = at_once * static_cast<double>(sent_bytes) / std::chrono::duration<double>(took).count();
  const std::scoped_lock lock(mutex_);
  latest_.push_back(bytes_per_s);
  if (latest_.size() > kRemembered) latest_.pop_front();
}

std::optional<double> UploadSpeed::best_bytes_per_s() const {
  const std::scoped_lock lock(mutex_);
  if (latest_.empty()) return std::nullopt;
  return *std::ranges::max_element(latest_);
}

}  // namespace tokprep
