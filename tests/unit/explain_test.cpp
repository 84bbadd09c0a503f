#include "pipeline/explain.h"

#include <gtest/gtest.h>

#include "pipeline/explain_post.h"
#include "pipeline/rules/measure.h"

namespace tokprep {
namespace {

/// A video that keeps to every limit, but for what a test makes of it.
MediaInfo video(int frames_per_second = 30, std::int64_t duration_us = 10'000'000) {
  MediaInfo info;
  info.size_bytes = 5'000'000;
  info.container.format = "mp4";
  info.duration_us = duration_us;
  VideoStreamInfo stream;
  stream.codec = "h264";
  stream.width_px = stream.coded_width_px = 1080;
  stream.height_px = stream.coded_height_px = 1920;
  stream.timing.rate = Rational{frames_per_second, 1};
  stream.timing.constant = true;
  info.video.push_back(stream);
  info.chosen_video = 0;
  return info;
}

MediaInfo picture(int width_px, int height_px) {
  MediaInfo info;
  info.kind = MediaKind::kImage;
  info.size_bytes = 100'000;
  info.container.format = "jpeg";
  info.image.emplace();
  info.image->width_px = width_px;
  info.image->height_px = height_px;
  return info;
}

ItemEvidence evidence_of(std::vector<SentFile> files) {
  ItemEvidence evidence;
  evidence.files = std::move(files);
  return evidence;
}

Error refusal(std::string words) {
  Error error;
  error.code = ErrorCode::kRejected;
  error.message = std::move(words);
  return error;
}

TEST(Measure, TellsWhatIsComparedAlsoWhereItIsKept) {
  const Rules& rules = built_in_rules();
  EXPECT_EQ(measured_for("video.duration_min", video(), rules), Scalar(std::int64_t{10}));
  EXPECT_EQ(measured_for("video.duration_max", video(), rules), Scalar(std::int64_t{10}));
  EXPECT_EQ(measured_for("video.duration_min", video(30, 1'200'000), rules), Scalar(1.2));  // broken: the same number
  EXPECT_EQ(measured_for("video.frame_rate_max", video(25), rules), Scalar(std::int64_t{25}));
  EXPECT_EQ(measured_for("video.side_min", video(), rules), Scalar(std::int64_t{1080}));
  EXPECT_EQ(measured_for("video.side_max", video(), rules), Scalar(std::int64_t{1920}));
  EXPECT_EQ(measured_for("video.aspect", video(), rules), Scalar(std::string("1080x1920")));
  EXPECT_EQ(measured_for("video.codec", video(), rules), Scalar(std::string("h264")));
  EXPECT_EQ(measured_for("media.size_max", video(), rules), Scalar(std::int64_t{5'000'000}));
  EXPECT_EQ(measured_for("image.box", picture(1080, 1080), rules), Scalar(std::string("1080x1080")));
  EXPECT_EQ(measured_for("image.format", picture(1080, 1080), rules), Scalar(std::string("jpeg")));
}

TEST(Measure, IsEmptyForWhatIsNotAboutTheFile) {
  EXPECT_EQ(measured_for("image.box", video(), built_in_rules()).index(), 0U);
  EXPECT_EQ(measured_for("post.rate_day", video(), built_in_rules()).index(), 0U);
  EXPECT_EQ(measured_for("no.such_rule", video(), built_in_rules()).index(), 0U);
}

TEST(Explain, AReasonComesWithTheRuleThatTheFileBreaks) {
  const auto explanation =
      explain_reason("frame_rate_check_failed", built_in_rules(), evidence_of({{"out/beach.mp4", video(61)}}));
  ASSERT_TRUE(explanation);
  ASSERT_FALSE(explanation->readings.empty());
  const RuleReading& first = explanation->readings.front();
  EXPECT_EQ(first.rule.id, "video.frame_rate_max");
  EXPECT_EQ(first.measured, Scalar(std::int64_t{61}));
  EXPECT_EQ(first.file, "out/beach.mp4");
  EXPECT_EQ(first.broken, true);
  EXPECT_FALSE(first.rule.source.empty());
  EXPECT_EQ(first.rule.read_on.size(), 10U);
}

TEST(Explain, OfSeveralImagesTheOneThatBreaksTheLimitIsNamed) {
  const auto explanation = explain_code(
      254, built_in_rules(), evidence_of({{"out/01.jpg", picture(1080, 1080)}, {"out/02.jpg", picture(4000, 3000)}}));
  ASSERT_FALSE(explanation.readings.empty());
  EXPECT_EQ(explanation.readings.front().rule.id, "image.box");
  EXPECT_EQ(explanation.readings.front().file, "out/02.jpg");
  EXPECT_EQ(explanation.readings.front().measured, Scalar(std::string("4000x3000")));
}

TEST(Explain, WithoutAFileTheLimitsAreNamedAndNothingIsMeasured) {
  const auto explanation = explain_reason("duration_check_failed", built_in_rules());
  ASSERT_EQ(explanation->readings.size(), 2U);
  for (const RuleReading& reading : explanation->readings) EXPECT_FALSE(reading.broken);
}

TEST(Explain, RulesInForceAreThoseOfTheRun) {
  const auto strict = built_in_rules().with_overrides({{"video.duration_max", 5}});
  const auto explanation = explain_reason("duration_check_failed", *strict, evidence_of({{"a.mp4", video()}}));
  EXPECT_EQ(explanation->readings.front().rule.id, "video.duration_max");
  EXPECT_EQ(explanation->readings.front().broken, true);
}

TEST(Explain, ARuleIsExplainedById) {
  const auto explanation = explain_rule("video.duration_min", built_in_rules(), evidence_of({{"a.mp4", video()}}));
  ASSERT_TRUE(explanation);
  EXPECT_EQ(explanation->what, "rule");
  EXPECT_EQ(explanation->readings.front().measured, Scalar(std::int64_t{10}));
  EXPECT_EQ(explanation->readings.front().broken, false);
  EXPECT_FALSE(explain_rule("video.length", built_in_rules()));
}

TEST(Explain, WordsNameSeveralRefusalsInTheirOrder) {
  const auto all =
      explain_words("POST /post: the service refused (HTTP 400): (code 137) Duplicate; (code 156) x; (code 137) again",
                    built_in_rules());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].subject, "137");
  EXPECT_EQ(all[1].subject, "156");
  EXPECT_TRUE(explain_words("the connection was closed", built_in_rules()).empty());
  EXPECT_TRUE(explain_words("(code ) (code x) (code 12", built_in_rules()).empty());
}

TEST(Explain, AFailureIsGivenRuleMeasureLimitAndFix) {
  const Error error = explained(refusal("TikTok: duration_check_failed."), built_in_rules(),
                                evidence_of({{"out/sting.mp4", video(30, 1'200'000)}}));
  EXPECT_EQ(error.message,
            "TikTok: duration_check_failed. The video is shorter or longer than TikTok allows this account.");
  EXPECT_EQ(error.rule, "video.duration_min");
  EXPECT_EQ(error.measured, Scalar(1.2));
  EXPECT_EQ(error.limit, Scalar(std::int64_t{3}));
  EXPECT_EQ(error.unit, "s");
  EXPECT_EQ(error.file, "out/sting.mp4");
  EXPECT_FALSE(error.fix.empty());
}

TEST(Explain, ThatTheFileKeepsToTheLimitIsSaid) {
  const Error error =
      explained(refusal("frame_rate_check_failed"), built_in_rules(), evidence_of({{"out/beach.mp4", video(30)}}));
  EXPECT_NE(error.message.find("By tokprep's own measure what was sent keeps to this limit."), std::string::npos);
  EXPECT_EQ(error.measured, Scalar(std::int64_t{30}));
  EXPECT_NE(error.fix.find("post it again"), std::string::npos) << error.fix;
  EXPECT_EQ(error.fix.find("convert"), std::string::npos) << error.fix;
}

TEST(Explain, ACaptionIsMeasuredAsTikTokCounts) {
  ItemEvidence evidence;
  evidence.caption = std::string(2200, 'x') + "\xF0\x9F\x8C\x8A";  // one wave: two units
  const Error error = explained(refusal("(code 132) too long"), built_in_rules(), evidence);
  EXPECT_EQ(error.rule, "post.caption_max");
  EXPECT_EQ(error.measured, Scalar(std::int64_t{2202}));
}

TEST(Explain, WhatIsThereAlreadyAndWhatIsNotTheServicesStays) {
  Error own = refusal("(code 132) too long");
  own.rule = "post.caption_max";
  own.fix = "mine";
  EXPECT_EQ(explained(own, built_in_rules()).message, own.message);
  Error silence = refusal("cannot connect");
  silence.code = ErrorCode::kNetwork;
  const Error network = explained(silence, built_in_rules());
  EXPECT_EQ(network.message, "cannot connect");
  EXPECT_EQ(network.code, ErrorCode::kNetwork);
  Error fixed = refusal("(code 137) Duplicate");
  fixed.fix = "mine";
  EXPECT_EQ(explained(fixed, built_in_rules()).fix, "mine");
}

TEST(Explain, EveryStateOfAPostHasASentence) {
  LedgerStory story;
  story.post.item = "/drop/a.mov";
  for (const auto& [state, name] : EnumNames<LedgerState>::kTable) {
    story.post.state = state;
    const PostExplanation explanation = explain_post(story, built_in_rules(), {});
    EXPECT_TRUE(explanation.meaning.ends_with('.')) << name;
  }
  story.post.state = LedgerState::kUnknown;
  EXPECT_NE(explain_post(story, built_in_rules(), {}).fix.find("tokprep status"), std::string::npos);
}

TEST(Explain, AFailedPostIsExplainedByItsWordsAndItsFiles) {
  LedgerStory story;
  story.post.item = "/drop/a.mov";
  story.post.post_id = "abc";
  story.post.state = LedgerState::kFailed;
  story.post.error = "frame_rate_check_failed";
  ItemEvidence evidence = evidence_of({{"out/a.mp4", video(61)}});
  evidence.certificate = "out/a.tokprep.json";
  const Json json = explain_post(story, built_in_rules(), evidence);
  EXPECT_EQ(json["subject"], "abc");
  EXPECT_EQ(json["what"], "post");
  EXPECT_EQ(json["said"], "frame_rate_check_failed");
  EXPECT_EQ(json["certificate"], "out/a.tokprep.json");
  EXPECT_EQ(json["refusals"][0]["rules"][0]["id"], "video.frame_rate_max");
  EXPECT_EQ(json["refusals"][0]["rules"][0]["measured"], 61);
  EXPECT_EQ(json["refusals"][0]["rules"][0]["broken"], true);
  EXPECT_EQ(json["refusals"][0]["class"], "fix_input");
  EXPECT_EQ(json["refusals"][0]["exit_code"], 5);
}

}  // namespace
}  // namespace tokprep
