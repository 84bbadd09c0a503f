#pragma once

#include <vector>
#include <vips/vips8>

#include "codecs/media_info.h"
#include "codecs/vips/still_file.h"

namespace tokprep::still {

/// Names of what a still tells beyond its picture: place, device, owner, time, and blocks of other metadata.
/// Values are never copied. `image` is what `load_still` gave.
std::vector<PrivateTag> private_tags_of(const StillFile& still, const vips::VImage& image);

}  // namespace tokprep::still
