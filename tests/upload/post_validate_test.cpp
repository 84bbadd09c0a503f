#include <gtest/gtest.h>

#include <limits>

#include "upload/ayrshare/post_options.h"

namespace tokprep {
namespace {

const PostSubject kVideo{true, 0, 3'200'000};
const PostSubject kPhotos{false, 3, std::nullopt};

Error refused(const PostOptions& options, const PostSubject& subject) {
  const Status status = validate(options, subject, {});
  EXPECT_FALSE(status);
  return status ? Error{} : status.error();
}

TEST(PostValidate, NothingSetIsFine) {
  EXPECT_TRUE(validate({}, kVideo, {}));
  EXPECT_TRUE(validate({}, kPhotos, {}));
}

TEST(PostValidate, ACaptionIsCountedInUtf16Units) {
  PostOptions options;
  options.caption = std::string(2198, 'a') + "🌊";  // 2,198 + 2
  EXPECT_TRUE(validate(options, kVideo, {}));
  *options.caption += "a";
  const Error error = refused(options, kVideo);
  EXPECT_EQ(error.code, ErrorCode::kNotCompliant);
  EXPECT_EQ(error.rule, "post.caption_max");
  EXPECT_EQ(error.measured, Scalar(std::int64_t{2201}));
  EXPECT_EQ(error.limit, Scalar(std::int64_t{2200}));
  EXPECT_EQ(error.unit, "utf16_units");
  EXPECT_EQ(error.fix, "shorten the caption by 1");
}

TEST(PostValidate, ATitleHasItsOwnLimit) {
  PostOptions options;
  options.title = std::string(90, 't');
  EXPECT_TRUE(validate(options, kPhotos, {}));
  *options.title += "t";
  EXPECT_EQ(refused(options, kPhotos).rule, "post.title_max");
}

TEST(PostValidate, TextsMustBeUtf8) {
  PostOptions options;
  options.caption = "caf\xE9";
  EXPECT_EQ(refused(options, kVideo).code, ErrorCode::kInvalidArgument);
  options.caption = "café";
  options.notes = "caf\xE9";
  EXPECT_EQ(refused(options, kVideo).message, "'notes' is not UTF-8");
}

TEST(PostValidate, AtMost35Images) {
  EXPECT_TRUE(validate({}, {false, 35, std::nullopt}, {}));
  const Error error = refused({}, {false, 36, std::nullopt});
  EXPECT_EQ(error.rule, "post.images_max");
  EXPECT_EQ(error.measured, Scalar(std::int64_t{36}));
}

TEST(PostValidate, OptionsOfTheOtherKindAreNamed) {
  PostOptions options;
  options.disable_duet = true;
  EXPECT_TRUE(validate(options, kVideo, {}));
  EXPECT_EQ(refused(options, kPhotos).message,
            "--disable-duet (disableDuet) is for videos only, and this post is made of images");
  options = {};
  options.auto_add_music = true;
  EXPECT_TRUE(validate(options, kPhotos, {}));
  EXPECT_EQ(refused(options, kVideo).message,
            "--auto-add-music (autoAddMusic) is for images only, and this post is a video");
}

TEST(PostValidate, TheOffsetLiesInsideTheVideo) {
  PostOptions options;
  options.thumbnail_offset_ms = 3199;
  EXPECT_TRUE(validate(options, kVideo, {}));
  options.thumbnail_offset_ms = 3200;
  const Error error = refused(options, kVideo);
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message, "--thumbnail-offset 3200 ms lies at or past the end of the video, which is 3200 ms long");
  options.thumbnail_offset_ms = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(refused(options, kVideo).code, ErrorCode::kInvalidArgument);
  options.thumbnail_offset_ms = -1;
  EXPECT_EQ(refused(options, kVideo).code, ErrorCode::kInvalidArgument);
  options.thumbnail_offset_ms = 3200;
  EXPECT_TRUE(validate(options, {true, 0, std::nullopt}, {})) << "unknown is not 0";
}

TEST(PostValidate, TheCoverIsOneOfTheImages) {
  PostOptions options;
  options.image_cover_index = 2;
  EXPECT_TRUE(validate(options, kPhotos, {}));
  options.image_cover_index = 3;
  EXPECT_EQ(refused(options, kPhotos).message, "--image-cover-index 3 is outside the 3 images, which count from 0");
  options.image_cover_index = -1;
  EXPECT_EQ(refused(options, kPhotos).code, ErrorCode::kInvalidArgument);
}

TEST(PostValidate, BrandedContentIsNotPrivate) {
  PostOptions options;
  options.is_branded_content = true;
  options.visibility = Visibility::kPrivate;
  const Error error = refused(options, kVideo);
  EXPECT_EQ(error.code, ErrorCode::kNotCompliant);
  EXPECT_EQ(error.rule, "post.branded_visibility");
  options.visibility = Visibility::kFriends;
  EXPECT_TRUE(validate(options, kVideo, {}));
}

TEST(PostValidate, AScheduleHasAZone) {
  PostOptions options;
  options.schedule_date = "2026-07-08T12:30:00Z";
  EXPECT_TRUE(validate(options, kVideo, {}));
  options.schedule_date = "2026-07-08T12:30:00";
  EXPECT_EQ(refused(options, kVideo).code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace tokprep
