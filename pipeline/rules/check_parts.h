#pragma once

#include <cstdint>
#include <optional>

#include "codecs/media_info.h"
#include "pipeline/rules/judge.h"

namespace tokprep {

/// The parts of `check`: each judges one kind of asset.
void check_video_file(const MediaInfo& info, Judge& judge);
void check_image_file(const MediaInfo& info, Judge& judge);
void check_cover_file(const MediaInfo& info, Judge& judge);

/// Of a video file: the box around the streams, which streams there are, and how long they last.
void check_container(const MediaInfo& info, Judge& judge);

/// Microseconds as rules count time; unknown stays unknown.
std::optional<double> seconds(std::optional<std::int64_t> time_us);

/// Whether the file has an index and tags as MP4 and its relatives have them.
bool is_iso_media(const ContainerInfo& container);

}  // namespace tokprep
