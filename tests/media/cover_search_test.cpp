// Which frame becomes the cover of a video, and what is said of one that should not.
#include <gmock/gmock.h>

#include "base/json.h"
#include "pipeline/cover.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kPicture = "-f lavfi -i testsrc2=s=360x640:r=30:d=6 ";
const std::string kMade = kH264 + kFast;

class CoverSearch : public PrepareFixture {
 protected:
  CoverSearchResult found(const std::filesystem::path& clip, std::optional<std::int64_t> at_ms = std::nullopt) {
    CoverSearchJob job = cover_search_job(clip.string(), probed(clip));
    if (at_ms) job.at_us = *at_ms * 1000;
    const auto result = workers_.find_cover(job, RunContext{});
    EXPECT_TRUE(result) << (result ? "" : describe(result.error()));
    return result.value_or(CoverSearchResult{});
  }

  /// The advice about the cover; nothing where there is none.
  static std::optional<Finding> advice(const Result<Prepared>& result) {
    EXPECT_TRUE(result) << (result ? "" : describe(result.error()));
    if (!result) return std::nullopt;
    const auto place = std::ranges::find(result->findings, "cover.frame", &Finding::rule);
    return place == result->findings.end() ? std::nullopt : std::optional(*place);
  }
};

TEST_F(CoverSearch, PassesByAFadeInFromBlack) {
  const auto clip = make(kPicture + "-vf fade=in:st=0:d=2 " + kMade, "fade.mp4");
  const CoverSearchResult best = found(clip);
  EXPECT_GT(best.at_us, 1'900'000);
  EXPECT_FALSE(best.look.unfit());
  EXPECT_GT(best.frames, 2);
  EXPECT_TRUE(found(clip, 0).look.black);
  const CoverSearchResult half_way = found(clip, 1000);
  EXPECT_EQ(half_way.at_us, 1'000'000);
  EXPECT_TRUE(half_way.look.fading.value_or(false));
  EXPECT_LT(*half_way.look.luma_before, half_way.look.luma_mean);
  EXPECT_GT(*half_way.look.luma_after, half_way.look.luma_mean);
  EXPECT_FALSE(found(clip, 4000).look.fading.value_or(true));
}

TEST_F(CoverSearch, PassesByABlackLeaderAndTheSameFrameEachTime) {
  const auto clip = make(kPicture + "-vf tpad=start_duration=2 " + kMade, "leader.mp4");
  const CoverSearchResult best = found(clip);
  EXPECT_GE(best.at_us, 2'000'000);
  EXPECT_FALSE(best.look.unfit());
  const CoverSearchResult again = found(clip);
  EXPECT_EQ(again.at_us, best.at_us);
  EXPECT_EQ(again.look, best.look);
}

TEST_F(CoverSearch, PrefersTheSharpPart) {
  const auto clip = make(kPicture + "-vf \"boxblur=20:enable='lt(t,4)'\" " + kMade, "blur.mp4");
  EXPECT_GE(found(clip).at_us, 4'000'000);
  EXPECT_GT(found(clip, 5000).look.sharpness, 2 * found(clip, 1000).look.sharpness);
}

TEST_F(CoverSearch, IsNotInADissolve) {
  const auto clip = make(
      "-f lavfi -i mandelbrot=s=360x640:r=30 -f lavfi -i testsrc2=s=360x640:r=30 -filter_complex \""
      "[0]trim=duration=4,settb=1/30,format=yuv420p[a];[1]trim=duration=4,settb=1/30,format=yuv420p[b];"
      "[a][b]xfade=duration=1:offset=3\" " +
          kMade,
      "dissolve.mp4");
  EXPECT_TRUE(found(clip, 3500).look.fading.value_or(false));
  EXPECT_FALSE(found(clip, 1500).look.fading.value_or(true));
  const std::int64_t at_us = found(clip).at_us;
  EXPECT_TRUE(at_us < 3'100'000 || at_us > 3'900'000) << at_us;
}

TEST_F(CoverSearch, OneKeyFrameIsDecodedInARow) {
  const auto clip =
      make(kPicture + "-vf fade=in:st=0:d=2 " + kMade + "-g 9999 -sc_threshold 0 -x264-params keyint=9999", "one.mp4");
  const CoverSearchResult best = found(clip);
  EXPECT_GT(best.at_us, 1'900'000);
  EXPECT_FALSE(best.look.unfit());
}

TEST_F(CoverSearch, WorksInEveryKindOfFile) {
  const std::string faded = "-f lavfi -i testsrc2=s=160x120:r=30:d=6 -vf fade=in:st=0:d=2 ";
  for (const auto& [arguments, name] : std::vector<std::pair<std::string, std::string>>{
           {"-c:v libx264 -preset ultrafast -output_ts_offset 7", "late.ts"},
           {"-c:v mpeg4 -g 30", "plain.avi"},
           {"-c:v mjpeg -pix_fmt yuvj420p", "full.mov"},
           {"-c:v prores_ks -profile:v 0", "ten_bit.mov"},
           {"-c:v libvpx -deadline realtime -cpu-used 8 -g 30", "web.webm"},
           {"-c:v libx264 -preset ultrafast -f h264", "raw.h264"}}) {
    const CoverSearchResult best = found(make(faded + arguments, name));
    EXPECT_GT(best.at_us, 1'900'000) << name;
    EXPECT_FALSE(best.look.unfit()) << name;
  }
}

TEST_F(CoverSearch, OfASingleFrameIsThatFrame) {
  const CoverSearchResult best = found(make(kPicture + "-frames:v 1 " + kMade, "single.mp4"));
  EXPECT_EQ(best.at_us, 0);
  EXPECT_EQ(best.frames, 1);
}

TEST_F(CoverSearch, AnInstantOutsideIsRefused) {
  const auto clip = make(kPicture + kMade, "clip.mp4");
  CoverSearchJob job = cover_search_job(clip.string(), probed(clip));
  job.at_us = job.duration_us;
  const auto result = workers_.find_cover(job, RunContext{});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(CoverSearch, AutoIsInThePlanTheCoverAndTheReport) {
  const auto clip = make(kPicture + tone(6) + "-vf fade=in:st=0:d=2 " + kMade + kAac, "fade.mp4");
  options_.thumbnail_auto = true;
  const auto result = prepared(clip);
  EXPECT_FALSE(advice(result));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->plan_json["container"], "keep");
  const std::int64_t at_us = result->plan_json.value("cover_at_us", std::int64_t{0});
  EXPECT_GT(at_us, 1'900'000);
  EXPECT_EQ(result->cover_at_us, at_us);
  EXPECT_THAT(result->summary, HasSubstr("cover: the frame at " + std::to_string(at_us / 1000) + " ms"));
  EXPECT_THAT(result->summary, Not(HasSubstr("auto")));
  const Pixel shown = Picture::of(out() / "fade.cover.jpg").at(180, 320);
  const Pixel meant = Picture::of(clip, static_cast<double>(at_us) / 1e6).at(180, 320);
  EXPECT_NEAR(shown.g, meant.g, 12);
  const auto again = prepared(clip);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->reused);
  EXPECT_EQ(again->cover_at_us, at_us) << "what a later post sends";
}

TEST_F(CoverSearch, ABlackStartIsToldWithTheWayOut) {
  const auto clip = make(kPicture + tone(6) + "-vf fade=in:st=0:d=2 " + kMade + kAac, "fade.mp4");
  const auto kept = advice(prepared(clip));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->severity, Severity::kShould);
  EXPECT_EQ(to_text(kept->measured), "black");
  EXPECT_THAT(kept->message, HasSubstr("at 0 ms"));
  EXPECT_THAT(kept->fix, HasSubstr("--thumbnail-offset auto"));
  options_.thumbnail_offset_ms = 1000;
  const auto fading = advice(prepared(clip));
  ASSERT_TRUE(fading);
  EXPECT_EQ(to_text(fading->measured), "in a fade");
  options_.thumbnail_offset_ms = 4000;
  EXPECT_FALSE(advice(prepared(clip)));
  options_.thumbnail_offset_ms.reset();
  // This one is encoded, and its cover is made on the way.
  const auto encoded = prepared(make(kPicture + "-vf fade=in:st=0:d=2,scale=480:480 " + kMade, "square.mp4"));
  EXPECT_TRUE(advice(encoded));
}

TEST_F(CoverSearch, WhereAllIsBlackTheLeastBadIsTakenAndTold) {
  const auto clip = make("-f lavfi -i color=black:s=360x640:r=30:d=4 " + kMade, "black.mp4");
  options_.thumbnail_auto = true;
  const auto told = advice(prepared(clip));
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->fixable);
  EXPECT_THAT(told->fix, HasSubstr("--thumbnail FILE"));
  EXPECT_TRUE(std::filesystem::exists(out() / "black.cover.jpg"));
}

TEST_F(CoverSearch, OnlyWhatIsPostedIsSearched) {
  // The colourful part lies beyond what is posted.
  const auto rules = built_in_rules().with_overrides({{"video.duration_max", 6}});
  ASSERT_TRUE(rules);
  rules_ = *rules;
  const auto clip =
      make("-f lavfi -i testsrc2=s=360x640:r=30:d=9 -vf \"hue=s=0:enable='lt(t,6)'\" " + kMade, "long.mp4");
  options_.too_long = TooLong::kTrim;
  options_.thumbnail_auto = true;
  const auto result = prepared(clip);
  ASSERT_TRUE(result) << describe(result.error());
  ASSERT_TRUE(result->cover_at_us);
  EXPECT_LT(*result->cover_at_us, 5'900'000);
  options_.too_long = TooLong::kSplit;
  const auto split = prepared(clip);
  ASSERT_TRUE(split) << describe(split.error());
  EXPECT_LT(*split->cover_at_us, 4'600'000);
  EXPECT_TRUE(std::filesystem::exists(out() / "long.part2.cover.jpg"));
}

TEST_F(CoverSearch, AStopEndsIt) {
  const auto clip = make(kPicture + kMade, "clip.mp4");
  const CoverSearchJob job = cover_search_job(clip.string(), probed(clip));
  std::stop_source stop;
  stop.request_stop();
  const auto result = workers_.find_cover(job, RunContext{stop.get_token(), {}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tokprep::test
