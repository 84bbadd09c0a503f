#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace tokprep::test {

/// True when the ffmpeg program is there: clips are made, and outputs judged, by it rather than by us.
bool have_ffmpeg();

/// Runs `ffmpeg ARGUMENTS 'folder/name'` and returns that path; a failing test where ffmpeg fails.
std::filesystem::path make_clip(const TempFolder& folder, const std::string& arguments, const std::string& name);

/// What a shell command prints; a failing test where it fails.
std::string output_of(const std::string& command);

/// Digest of every decoded frame of the stream ("v:0", "a:0"), without times.
std::string frame_digests(const std::filesystem::path& clip, const std::string& stream);

/// One value of ffprobe, e.g. ("v:0", "stream=width").
std::string ffprobe_value(const std::filesystem::path& clip, const std::string& stream, const std::string& entry);

struct Pixel {
  int r = 0, g = 0, b = 0;
};

/// A picture (or the frame of a clip shown at `at_seconds`) as RGB, decoded by ffmpeg.
class Picture {
 public:
  static Picture of(const std::filesystem::path& file, double at_seconds = 0);
  [[nodiscard]] Pixel at(int x, int y) const;
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }

 private:
  int width_ = 0;
  int height_ = 0;
  std::string rgb_;
};

/// The sound as mono 16-bit samples at 48 kHz, decoded by ffmpeg.
std::vector<std::int16_t> samples_of(const std::filesystem::path& clip);

}  // namespace tokprep::test
