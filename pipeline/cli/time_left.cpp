#include "pipeline/cli/time_left.h"

#include <fmt/format.h>

#include <algorithm>

namespace tokprep::cli {
namespace {

using Seconds = std::chrono::duration<double>;

// Below these an estimate jumps about.
constexpr Seconds kLeastTime{3};
constexpr double kLeastDone = 0.02;

}  // namespace

void TimeLeft::begin(TimePoint now) {
  if (!began_) began_ = now;
}

std::optional<double> TimeLeft::speed_bytes_per_s(std::uint64_t partly_bytes, TimePoint now) const {
  if (!began_ || now - *began_ < kLeastTime) return std::nullopt;
  const std::uint64_t worked_bytes = worked_bytes_ + partly_bytes;
  if (worked_bytes == 0) return std::nullopt;
  return static_cast<double>(worked_bytes) / Seconds(now - *began_).count();
}

std::optional<std::chrono::seconds> TimeLeft::left(std::uint64_t partly_bytes, TimePoint now) const {
  const auto speed = speed_bytes_per_s(partly_bytes, now);
  const std::uint64_t over_bytes = worked_bytes_ + partly_bytes + skipped_bytes_;
  if (!speed || over_bytes >= expected_bytes_) return std::nullopt;
  const double work_bytes = static_cast<double>(expected_bytes_) - static_cast<double>(skipped_bytes_);
  if (static_cast<double>(worked_bytes_ + partly_bytes) < kLeastDone * work_bytes) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(Seconds(static_cast<double>(expected_bytes_ - over_bytes) / *speed));
}

std::optional<std::chrono::seconds> rest_of(double done, std::chrono::steady_clock::duration elapsed) {
  if (elapsed < kLeastTime || done < kLeastDone || done >= 1) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(Seconds(elapsed) * (1 - done) / done);
}

std::string about(std::chrono::seconds time) {
  const auto seconds = time.count();
  if (seconds < 60) return fmt::format("{} s", std::max<std::int64_t>(seconds, 1));
  const auto minutes = (seconds + 30) / 60;
  if (minutes < 60) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
  return fmt::format("{} days", (minutes + 12 * 60) / (24 * 60));
}

}  // namespace tokprep::cli
