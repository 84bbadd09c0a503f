#include "pipeline/too_many.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

namespace tokprep {

std::vector<Item> split_photos(const Item& item, std::size_t most) {
  const std::size_t images = item.sources.size();
  const std::size_t parts = (images + most - 1) / most;
  std::vector<Item> items;
  std::size_t first = 0;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t count = images / parts + (i < images % parts ? 1 : 0);
    Item part = item;
    part.name = fmt::format("{} [{}/{}]", item.name, i + 1, parts);
    part.output_stem += fmt::format(".part{}", i + 1);
    const auto begin = item.sources.begin() + static_cast<std::ptrdiff_t>(first);
    part.sources.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    part.part =
        PhotoPart{static_cast<int>(i + 1), static_cast<int>(parts), static_cast<int>(first), static_cast<int>(count)};
    items.push_back(std::move(part));
    first += count;
  }
  return items;
}

void number_post(const PhotoPart& part, PostOptions& post) {
  const std::string number = fmt::format(" ({}/{})", part.number, part.of);
  for (std::optional<std::string>* text : {&post.caption, &post.title}) {
    if (*text && !(*text)->empty()) **text += number;
  }
  if (!post.image_cover_index) return;
  const int index = *post.image_cover_index - part.first_image;
  if (index >= 0 && index < part.images) post.image_cover_index = index;
  else post.image_cover_index.reset();
}

}  // namespace tokprep
