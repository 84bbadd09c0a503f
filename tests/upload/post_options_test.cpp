#include "upload/ayrshare/post_options.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "upload/ayrshare/client.h"

namespace tokprep {
namespace {

std::string refusal(std::string_view text) {
  const auto options = parse_post_options(text, "beach.post.json");
  if (options) return "taken";
  EXPECT_EQ(options.error().code, ErrorCode::kInvalidArgument);
  return options.error().message;
}

constexpr std::string_view kEverything = R"({
  "post": "Sea 🌊", "scheduleDate": "2026-07-08T14:30:00+02:00", "validateScheduled": false,
  "idempotencyKey": "k-1", "notes": "n", "requiresApproval": true, "shortenLinks": false,
  "firstComment": {"comment": "first!"},
  "tikTokOptions": {"visibility": "friends", "draft": false, "disableComments": true, "disableDuet": true,
    "disableStitch": false, "isAIGenerated": true, "isBrandedContent": false, "isBrandOrganic": true,
    "autoAddMusic": true, "imageCoverIndex": 2, "title": "T", "thumbNailOffset": 1500,
    "thumbNail": "https://x.example/c.jpg"}
})";

TEST(PostOptions, ReadsEveryFieldAndSendsItBack) {
  const auto options = parse_post_options(kEverything, "beach.post.json");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->schedule_date, "2026-07-08T12:30:00Z");
  EXPECT_EQ(options->visibility, Visibility::kFriends);
  EXPECT_EQ(options->thumbnail_offset_ms, 1500);
  EXPECT_EQ(options->first_comment, "first!");

  nlohmann::json expected = nlohmann::json::parse(kEverything);
  expected["scheduleDate"] = "2026-07-08T12:30:00Z";
  expected["platforms"] = nlohmann::json::array({"tiktok"});
  expected["mediaUrls"] = nlohmann::json::array({"https://m.example/v.mp4"});
  expected["isVideo"] = true;
  EXPECT_EQ(post_body(*options, {"https://m.example/v.mp4"}, true), expected);
}

TEST(PostOptions, OnlyWhatIsSetIsSent) {
  EXPECT_EQ(post_body({}, {"https://m.example/1.jpg"}, false),
            nlohmann::json::parse(R"({"post":"","platforms":["tiktok"],"mediaUrls":["https://m.example/1.jpg"]})"));
}

TEST(PostOptions, AnUnknownNameIsNamedWithLineAndNearest) {
  EXPECT_EQ(refusal("{\n  \"tikTokOptions\": {\n    \"visibilty\": \"public\"\n  }\n}"),
            "beach.post.json, line 3: unknown option 'visibilty'; did you mean 'visibility'?");
  EXPECT_EQ(refusal("{\n\"post\": \"a\\n\\nb\",\n\n\"sheduleDate\": 1}"),
            "beach.post.json, line 4: unknown option 'sheduleDate'; did you mean 'scheduleDate'?");
  EXPECT_EQ(refusal(R"({"tiktokoptions": {}})"),
            "beach.post.json, line 1: unknown option 'tiktokoptions'; did you mean 'tikTokOptions'?");
  EXPECT_EQ(refusal(R"({"zzzzzzzzzz": {}})"), "beach.post.json, line 1: unknown option 'zzzzzzzzzz'");
}

TEST(PostOptions, AFieldInTheWrongObjectIsTold) {
  EXPECT_EQ(refusal(R"({"visibility": "public"})"),
            "beach.post.json, line 1: option 'visibility' belongs inside tikTokOptions");
  EXPECT_EQ(refusal(R"({"tikTokOptions": {"notes": "n"}})"),
            "beach.post.json, line 1: option 'notes' does not belong inside tikTokOptions");
}

TEST(PostOptions, WrongTypesAreNamed) {
  EXPECT_EQ(refusal(R"({"post": 5})"), "beach.post.json, line 1: 'post' must be text, not 5");
  EXPECT_EQ(refusal(R"({"post": null})"), "beach.post.json, line 1: 'post' must be text, not null");
  EXPECT_EQ(refusal("{\"tikTokOptions\":\n{\"draft\": \"yes\"}}"),
            "beach.post.json, line 2: 'draft' must be true or false, not \"yes\"");
  EXPECT_EQ(refusal(R"({"tikTokOptions": {"visibility": "everyone"}})"),
            "beach.post.json, line 1: 'visibility' must be one of public, private, followers, friends, not "
            "\"everyone\"");
  EXPECT_EQ(refusal(R"({"tikTokOptions": {"thumbNailOffset": 1.5}})"),
            "beach.post.json, line 1: 'thumbNailOffset' must be a whole number, 0 or more, not 1.5");
  EXPECT_EQ(refusal(R"({"tikTokOptions": {"imageCoverIndex": -1}})"),
            "beach.post.json, line 1: 'imageCoverIndex' must be a whole number, 0 or more, not -1");
  EXPECT_EQ(refusal(R"({"tikTokOptions": {"imageCoverIndex": 99999999999}})"),
            "beach.post.json, line 1: 'imageCoverIndex' must be a whole number, 0 or more, not 99999999999");
  EXPECT_EQ(refusal(R"({"tikTokOptions": []})"),
            "beach.post.json, line 1: 'tikTokOptions' must be an object in braces");
  EXPECT_EQ(refusal("[]"), "beach.post.json, line 1: must be an object in braces");
}

TEST(PostOptions, WhatTokprepFillsInCannotBeGiven) {
  for (const std::string name : {"mediaUrls", "mediaUrl", "platforms", "isVideo"}) {
    EXPECT_EQ(refusal("{\"" + name + "\": []}"),
              "beach.post.json, line 1: '" + name + "' cannot be given here: tokprep fills this in");
  }
}

TEST(PostOptions, FieldsOfOtherNetworksAreRefusedByName) {
  EXPECT_EQ(refusal(R"({"faceBookOptions": {"mediaCaptions": ["x"]}})"),
            "beach.post.json, line 1: 'faceBookOptions' cannot be given here: it is for another network; tokprep posts "
            "to TikTok");
}

TEST(PostOptions, ANameGivenTwiceIsRefused) {
  EXPECT_EQ(refusal("{\"post\": \"a\",\n\"post\": \"b\"}"), "beach.post.json, line 2: 'post' is given twice");
  EXPECT_EQ(refusal(R"({"disableComments": true, "tikTokOptions": {"disableComments": false}})"),
            "beach.post.json, line 1: 'disableComments' is given twice");
}

TEST(PostOptions, BrokenJsonIsToldWithItsLine) {
  EXPECT_EQ(refusal("{\n\"post\": }").substr(0, 42), "beach.post.json: not valid JSON at line 2,");
}

TEST(PostOptions, AScheduleNeedsAZone) {
  EXPECT_EQ(refusal("{\n\"scheduleDate\": \"2026-07-08T12:30:00\"}"),
            "beach.post.json, line 2: scheduleDate '2026-07-08T12:30:00' does not say its time zone");
}

TEST(PostOptions, TheStrongerSideWinsFieldByField) {
  PostOptions base;
  base.caption = "base";
  base.draft = true;
  PostOptions over;
  over.caption = "over";
  over.is_ai_generated = false;
  const PostOptions both = merged(base, over);
  EXPECT_EQ(both.caption, "over");
  EXPECT_EQ(both.draft, true);
  EXPECT_EQ(both.is_ai_generated, false);
  EXPECT_EQ(both.title, std::nullopt);
}

}  // namespace
}  // namespace tokprep
