#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

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

/// The same while the file is on its way, by what is through so far. Says nothing in the first minute: a connection
/// takes a while to reach its speed.
Status check_upload_pace(const std::filesystem::path& file, std::uint64_t size_bytes, std::uint64_t sent_bytes,
                         std::chrono::milliseconds lasted);

}  // namespace tokprep
