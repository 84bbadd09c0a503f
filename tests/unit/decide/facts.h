#pragma once

#include <string>
#include <vector>

#include "codecs/media_info.h"
#include "pipeline/rules/rules.h"

namespace tokprep::facts {

/// Facts that break no rule; tests change one thing.
inline VideoStreamInfo video_stream() {
  VideoStreamInfo video;
  video.index = 0;
  video.codec = "h264";
  video.profile = "High";
  video.tag = "avc1";
  video.level = 40;
  video.coded_width_px = video.width_px = 1080;
  video.coded_height_px = video.height_px = 1920;
  video.field_order = FieldOrder::kProgressive;
  video.pixel_format = "yuv420p";
  video.bit_depth = 8;
  video.chroma = "4:2:0";
  video.colour = {"tv", "bt709", "bt709", "bt709", "left"};
  video.timing = {300, Rational{30, 1}, true, 33333, 33334, 1'000'000, {}};
  video.start_us = 0;
  video.duration_us = 10'000'000;
  video.bit_rate_bps = 8'000'000;
  return video;
}

inline AudioStreamInfo audio_stream() {
  AudioStreamInfo audio;
  audio.index = 1;
  audio.codec = "aac";
  audio.profile = "LC";
  audio.tag = "mp4a";
  audio.sample_rate_hz = 48000;
  audio.channels = 2;
  audio.layout = "stereo";
  audio.start_us = 0;
  audio.duration_us = 10'000'000;
  audio.bit_rate_bps = 128'000;
  return audio;
}

inline MediaInfo video() {
  MediaInfo info;
  info.size_bytes = 10'000'000;
  info.container.format = "mp4";
  info.container.index = IndexPlace::kFirst;
  info.container.samples_outside_file = 0;
  info.start_us = 0;
  info.duration_us = 10'000'000;
  info.video = {video_stream()};
  info.audio = {audio_stream()};
  info.chosen_video = 0;
  info.chosen_audio = 0;
  return info;
}

inline MediaInfo image(std::string format = "jpeg") {
  MediaInfo info;
  info.kind = MediaKind::kImage;
  info.size_bytes = 300'000;
  info.container.format = std::move(format);
  info.image = ImageInfo{1080, 1440, 1080, 1440, 3, 8, false, "srgb", "", HdrKind::kSdr, 1, 1};
  return info;
}

inline void resize(MediaInfo& info, int width_px, int height_px) {
  if (info.image) {
    info.image->width_px = info.image->coded_width_px = width_px;
    info.image->height_px = info.image->coded_height_px = height_px;
    return;
  }
  info.video[0].width_px = info.video[0].coded_width_px = width_px;
  info.video[0].height_px = info.video[0].coded_height_px = height_px;
}

inline void set_duration(MediaInfo& info, double seconds) {
  info.duration_us = static_cast<std::int64_t>(seconds * 1e6);
  info.video[0].duration_us = info.duration_us;
}

inline std::vector<std::string> broken_rules(const std::vector<Finding>& findings) {
  std::vector<std::string> ids;
  for (const Finding& finding : findings) ids.push_back(finding.rule);
  return ids;
}

}  // namespace tokprep::facts
