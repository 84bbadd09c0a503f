#include "codecs/vips/png_unfilter.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace tokprep::still {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// `row` behind which there is the room that is asked for, then undone.
Bytes undone(int filter, Bytes row, Bytes above, std::size_t step) {
  const std::size_t size = row.size();
  row.resize(size + kRowSlackBytes, 0xee);
  above.resize(size + kRowSlackBytes, 0xdd);
  EXPECT_TRUE(undo_filter(filter, row.data(), above.data(), size, step));
  row.resize(size);
  return row;
}

// Worked out by hand from the specification's formulas.
TEST(PngUnfilter, EachFilter) {
  const Bytes row{10, 20, 30, 250};
  const Bytes above{4, 5, 200, 9};
  EXPECT_EQ(undone(0, row, above, 1), (Bytes{10, 20, 30, 250}));
  EXPECT_EQ(undone(1, row, above, 1), (Bytes{10, 30, 60, 54}));
  EXPECT_EQ(undone(2, row, above, 1), (Bytes{14, 25, 230, 3}));
  EXPECT_EQ(undone(3, row, above, 1), (Bytes{12, 28, 144, 70}));
  EXPECT_EQ(undone(4, row, above, 1), (Bytes{14, 34, 230, 3}));
}

TEST(PngUnfilter, PixelsOfSeveralBytes) {
  const Bytes row{1, 2, 3, 10, 20, 30};
  const Bytes above{7, 7, 7, 100, 0, 9};
  EXPECT_EQ(undone(1, row, above, 3), (Bytes{1, 2, 3, 11, 22, 33}));
  EXPECT_EQ(undone(3, row, above, 3), (Bytes{4, 5, 6, 62, 22, 37}));
  EXPECT_EQ(undone(4, row, above, 3), (Bytes{8, 9, 10, 110, 20, 40}));
}

TEST(PngUnfilter, UnknownFilters) {
  Bytes row(16), above(16);
  for (const int filter : {-1, 5, 255}) {
    for (const std::size_t step : {1UL, 3UL, 4UL}) {
      EXPECT_FALSE(undo_filter(filter, row.data(), above.data(), 8, step)) << filter;
    }
  }
}

TEST(PngUnfilter, QuickAndBytewiseAgree) {
  std::mt19937 random(9);
  // Small numbers make ties between the neighbours, which have an order among them.
  for (const unsigned levels : {3U, 12U, 256U}) {
    for (const std::size_t step : {1UL, 2UL, 3UL, 4UL, 6UL, 8UL}) {
      for (const std::size_t pixels : {1UL, 2UL, 5UL, 1001UL}) {
        Bytes row(step * pixels), above(step * pixels);
        for (auto& byte : row) byte = static_cast<std::uint8_t>(random() % levels);
        for (auto& byte : above) byte = static_cast<std::uint8_t>(random() % levels);
        for (int filter = 0; filter <= 4; ++filter) {
          Bytes expected = row;
          ASSERT_TRUE(undo_filter_bytewise(filter, expected.data(), above.data(), row.size(), step));
          ASSERT_EQ(undone(filter, row, above, step), expected) << "filter " << filter << ", step " << step;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tokprep::still
