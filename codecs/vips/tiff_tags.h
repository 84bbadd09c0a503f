#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace tokprep::still {

/// The tags of the first directory of a TIFF, each with its first value (text and large tables count as 0).
/// Classic and BigTIFF, both byte orders. Bounded: at most 512 tags; a broken directory gives what was read.
std::map<std::uint16_t, std::uint64_t> read_tiff_tags(const std::filesystem::path& path);

/// A text of the first directory, at most 4 KiB of it; empty where the tag is missing or no text.
std::string read_tiff_text(const std::filesystem::path& path, std::uint16_t tag);

namespace tiff {
inline constexpr std::uint16_t kNewSubfileType = 254;
inline constexpr std::uint16_t kBitsPerSample = 258;
inline constexpr std::uint16_t kMake = 271;
inline constexpr std::uint16_t kModel = 272;
inline constexpr std::uint16_t kSamplesPerPixel = 277;
inline constexpr std::uint16_t kRowsPerStrip = 278;
inline constexpr std::uint16_t kDateTime = 306;
inline constexpr std::uint16_t kArtist = 315;
inline constexpr std::uint16_t kHostComputer = 316;
inline constexpr std::uint16_t kSubDirectories = 330;
inline constexpr std::uint16_t kCopyright = 33432;
inline constexpr std::uint16_t kGpsDirectory = 34853;
inline constexpr std::uint16_t kDngVersion = 50706;
}  // namespace tiff

}  // namespace tokprep::still
