#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/result.h"

namespace tokprep {

/// What is known of how fast a file will go, in bytes a second.
struct UploadRate {
  std::optional<std::uint64_t> limit;  ///< set by the user: exact
  std::optional<double> measured;      ///< the best of the latest uploads
};

inline constexpr std::chrono::minutes kUploadUrlLife{30};

/// Holds a file against the 30 minutes an upload URL lives
/// (https://www.ayrshare.com/docs/apis/media/upload-large-media, read 2026-10-04): one that cannot be through by then
/// would be sent for half an hour, and then again. Where nothing is known of the rate, everything passes. Error:
/// kNotCompliant with size, rate and window, and what would fit.
Status check_upload_window(const std::filesystem::path& file, std::uint64_t size_bytes, const UploadRate& rate);

/// The same for one file that is on its way, by the fastest stretch of it: one that stood still for a moment may make
/// up for it. Says nothing in the first minute, as a connection takes a while to reach its speed.
class UploadPace {
 public:
  UploadPace(std::filesystem::path file, std::uint64_t size_bytes) : file_(std::move(file)), size_bytes_(size_bytes) {}

  /// To be called again and again with what is through by then. Error: as `check_upload_window`.
  Status check(std::uint64_t sent_bytes, std::chrono::milliseconds lasted);

 private:
  std::filesystem::path file_;
  std::uint64_t size_bytes_;
  double fastest_bytes_per_s_ = 0;
  std::chrono::milliseconds stretch_began_{0};
  std::uint64_t stretch_sent_bytes_ = 0;  // at its beginning
};

}  // namespace tokprep
