#pragma once

#include "codecs/media_info.h"
#include "pipeline/rules/judge.h"

namespace tokprep {

/// The parts of `check`: each judges one kind of asset.
void check_video_file(const MediaInfo& info, Judge& judge);
void check_image_file(const MediaInfo& info, Judge& judge);
void check_cover_file(const MediaInfo& info, Judge& judge);

}  // namespace tokprep
