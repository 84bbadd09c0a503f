#include "upload/ayrshare/upload_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string_view>

#include "base/units.h"

namespace tokprep {
namespace {

constexpr std::chrono::minutes kWarmUp{1};
constexpr std::chrono::seconds kStretch{15};

enum class Basis { kLimit, kBest, kTransfer };

std::string_view in_words(Basis basis) {
  return basis == Basis::kLimit ? "the set limit of" : basis == Basis::kBest ? "the best measured" : "its best so far,";
}

std::string rate_text(double bytes_per_s) { return format_size(static_cast<std::uint64_t>(bytes_per_s)) + "/s"; }

Error window_too_short(const std::filesystem::path& file, std::uint64_t size_bytes, double taking_s, double bytes_per_s,
                       Basis basis) {
  const double window_s = std::chrono::duration<double>(kUploadUrlLife).count();
  const double needed_s = std::ceil(taking_s);
  const auto largest_bytes = static_cast<std::uint64_t>(static_cast<double>(size_bytes) * window_s / taking_s);
  const std::string least_rate = rate_text(std::ceil(static_cast<double>(size_bytes) / window_s));
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = fmt::format("{} has {} and would take {} at {} {}; an upload URL lives {}", file.string(),
                              format_size(size_bytes), format_duration(std::chrono::seconds(std::llround(needed_s))),
                              in_words(basis), rate_text(bytes_per_s), format_duration(kUploadUrlLife));
  error.file = file.string();
  error.rule = "upload.window";
  error.measured = needed_s;
  error.limit = window_s;
  error.unit = "s";
  error.fix =
      basis == Basis::kLimit
          ? fmt::format("--limit-rate of at least {}, or a file below {}", least_rate, format_size(largest_bytes))
          : fmt::format("make the file smaller than {} (--quality), or use a connection of at least {}",
                        format_size(largest_bytes), least_rate);
  return error;
}

}  // namespace

Status check_upload_window(const std::filesystem::path& file, std::uint64_t size_bytes, const UploadRate& rate) {
  const bool by_limit = rate.limit && (!rate.measured || static_cast<double>(*rate.limit) <= *rate.measured);
  const auto bytes_per_s = by_limit ? std::optional(static_cast<double>(*rate.limit)) : rate.measured;
  const double window_s = std::chrono::duration<double>(kUploadUrlLife).count();
  if (!bytes_per_s || static_cast<double>(size_bytes) <= *bytes_per_s * window_s) return {};
  const double taking_s = static_cast<double>(size_bytes) / *bytes_per_s;
  return fail(window_too_short(file, size_bytes, taking_s, *bytes_per_s, by_limit ? Basis::kLimit : Basis::kBest));
}

Status UploadPace::check(std::uint64_t sent_bytes, std::chrono::milliseconds lasted) {
  if (lasted - stretch_began_ >= kStretch) {
    const auto sent_now = static_cast<double>(sent_bytes - std::min(stretch_sent_bytes_, sent_bytes));
    const double bytes_per_s = sent_now / std::chrono::duration<double>(lasted - stretch_began_).count();
    fastest_bytes_per_s_ = std::max(fastest_bytes_per_s_, bytes_per_s);
    stretch_began_ = lasted;
    stretch_sent_bytes_ = sent_bytes;
  }
  // Where nothing moves at all, the limit for stalls has the word.
  if (lasted < kWarmUp || fastest_bytes_per_s_ == 0 || sent_bytes >= size_bytes_) return {};
  const double left_s = static_cast<double>(size_bytes_ - sent_bytes) / fastest_bytes_per_s_;
  const double taking_s = std::chrono::duration<double>(lasted).count() + left_s;
  if (taking_s <= std::chrono::duration<double>(kUploadUrlLife).count()) return {};
  return fail(window_too_short(file_, size_bytes_, taking_s, fastest_bytes_per_s_, Basis::kTransfer));
}

}  // namespace tokprep
