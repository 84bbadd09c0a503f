#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/folder.h"

namespace tokprep {

/// A photo item of more images than a post takes, as several posts of about as many images each, in order:
/// "lookbook [1/2]" with the outputs `lookbook.part1/01.jpg …`. Pure.
std::vector<Item> split_photos(const Item& item, std::size_t most);

/// What a part says of itself: caption and title end in " (1/2)", as the service refuses the same text again within
/// two days; the cover's index is counted from the part's first image, and left out of the other parts.
void number_post(const PhotoPart& part, PostOptions& post);

}  // namespace tokprep
