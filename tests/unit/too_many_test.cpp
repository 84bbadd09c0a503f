#include "pipeline/too_many.h"

#include <gmock/gmock.h>

namespace tokprep {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Item photos(int count) {
  Item item;
  item.name = "drop/lookbook";
  item.output_stem = "lookbook";
  item.photo_folder = true;
  for (int i = 0; i < count; ++i) item.sources.emplace_back("drop/lookbook/" + std::to_string(i) + ".jpg");
  return item;
}

TEST(TooMany, PartsAreAboutAsLargeAndKeepTheOrder) {
  for (const auto& [count, sizes] :
       {std::pair(36, std::vector<std::size_t>{18, 18}), std::pair(71, std::vector<std::size_t>{24, 24, 23}),
        std::pair(70, std::vector<std::size_t>{35, 35})}) {
    const Item whole = photos(count);
    const std::vector<Item> parts = split_photos(whole, 35);
    std::vector<std::size_t> seen;
    std::vector<std::filesystem::path> sources;
    for (const Item& part : parts) {
      seen.push_back(part.sources.size());
      sources.insert(sources.end(), part.sources.begin(), part.sources.end());
      ASSERT_TRUE(part.part);
      EXPECT_EQ(part.part->images, static_cast<int>(part.sources.size()));
      EXPECT_EQ(whole.sources[static_cast<std::size_t>(part.part->first_image)], part.sources.front());
    }
    EXPECT_EQ(seen, sizes);
    EXPECT_EQ(sources, whole.sources);
  }
}

TEST(TooMany, PartsHaveNamesOfTheirOwn) {
  const std::vector<Item> parts = split_photos(photos(36), 35);
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].name, "drop/lookbook [1/2]");
  EXPECT_EQ(parts[1].output_stem, "lookbook.part2");
  EXPECT_TRUE(parts[1].photo_folder);
}

TEST(TooMany, TextsAreNumberedAndTheCoverStaysWhereItIs) {
  PostOptions post;
  post.caption = "Autumn";
  post.title = "Look";
  post.image_cover_index = 20;
  PostOptions first = post, second = post, bare;
  number_post({1, 2, 0, 18}, first);
  number_post({2, 2, 18, 18}, second);
  number_post({1, 2, 0, 18}, bare);
  EXPECT_EQ(first.caption, "Autumn (1/2)");
  EXPECT_EQ(second.caption, "Autumn (2/2)");
  EXPECT_EQ(second.title, "Look (2/2)");
  EXPECT_FALSE(first.image_cover_index);
  EXPECT_EQ(second.image_cover_index, 2);
  EXPECT_FALSE(bare.caption);
}

}  // namespace
}  // namespace tokprep
