#include "pipeline/cli/commands/upload_item.h"

#include <gtest/gtest.h>

namespace tokprep::cli {
namespace {

MediaInfo picture(const std::string& format) {
  MediaInfo info;
  info.kind = MediaKind::kImage;
  info.size_bytes = 1000;
  info.container.format = format;
  info.image.emplace();
  info.image->width_px = info.image->coded_width_px = 720;
  info.image->height_px = info.image->coded_height_px = 1280;
  info.image->bands = 3;
  info.image->bit_depth = 8;
  info.image->colour_space = "srgb";
  return info;
}

TEST(Uploadable, TheTypeIsThatOfTheContent) {
  const auto file = uploadable("photo.tiff", picture("jpeg"), built_in_rules());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->mime, "image/jpeg");
  EXPECT_EQ(file->size_bytes, 1000U);
}

TEST(Uploadable, APngIsACoverAndNothingElse) {
  const auto file = uploadable("cover.png", picture("png"), built_in_rules());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->mime, "image/png");
}

TEST(Uploadable, WhatTikTokWouldRefuseIsRefusedHere) {
  MediaInfo huge = picture("jpeg");
  huge.image->width_px = huge.image->coded_width_px = 5000;
  huge.image->height_px = huge.image->coded_height_px = 5000;
  const auto file = uploadable("huge.jpg", huge, built_in_rules());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(file.error().file, "huge.jpg");
  EXPECT_EQ(file.error().rule, "image.box");
  EXPECT_NE(file.error().fix.find("tokprep prepare"), std::string::npos);
}

}  // namespace
}  // namespace tokprep::cli
