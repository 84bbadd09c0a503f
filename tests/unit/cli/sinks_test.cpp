#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "codecs/media_info.h"
#include "pipeline/cli/json_sink.h"
#include "pipeline/cli/text_sink.h"
#include "pipeline/rules/rules.h"

namespace tokprep::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Writer into(std::string& text) {
  return [&text](std::string_view more) { text += more; };
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return lines;
}

ItemDone done_item() {
  ItemDone done;
  done.item = "drop/beach.mov";
  done.kind = "video";
  done.summary = "remuxed to MP4";
  done.outputs = {{"media", "out/beach.mp4", "video/mp4", 812345}};
  return done;
}

ItemFailed failed_item() {
  ItemFailed failed;
  failed.item = "drop/b.mov";
  failed.error.code = ErrorCode::kNotCompliant;
  failed.error.message = "b.mov is too short";
  failed.error.measured = 1.2;
  failed.error.limit = std::int64_t{3};
  failed.error.unit = "s";
  failed.error.fix = "--too-short hold";
  return failed;
}

struct TextRun {
  std::string out, err;
  TextSink sink;
  explicit TextRun(TextStyle style = {}) : sink(into(out), into(err), style) {}
};

TEST(JsonSink, EachEventIsOneWholeLine) {
  std::string out;
  JsonSink sink(into(out));
  ItemDone done = done_item();
  done.item = "a\nb\xff";
  sink.on(done);
  sink.on(failed_item());
  sink.data({{"type", "rule"}}, "for people");
  sink.say("for people");
  sink.failure(failed_item().error);
  const auto lines = lines_of(out);
  ASSERT_EQ(lines.size(), 4U);
  for (const std::string& line : lines) {
    const Json json = Json::parse(line);
    EXPECT_EQ(json["v"], 1);
    EXPECT_TRUE(json["type"].is_string());
  }
  EXPECT_EQ(Json::parse(lines[0])["item"], text_of_name("a\nb\xff"));
  EXPECT_EQ(Json::parse(lines[3])["type"], "error");
  EXPECT_EQ(Json::parse(lines[3])["error"]["code"], "not_compliant");
}

// A line that is written in parts could be torn by another thread's.
TEST(JsonSink, TellsNoProgressWhereNobodyLooksOn) {
  std::string out;
  JsonSink sink(into(out), false);
  sink.on(ItemStarted{"a", "video"});
  sink.on(ItemProgress{"a", "transcode", 0.5});
  EXPECT_NE(out.find("item_started"), std::string::npos);
  EXPECT_EQ(out.find("progress"), std::string::npos);
}

TEST(JsonSink, LinesOfManyThreadsStayWhole) {
  std::string out;
  int writes = 0;
  JsonSink sink([&](std::string_view text) {
    ++writes;
    out += text;
  });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) sink.on(ItemNote{"item", "a remark"});
      });
    }
  }
  const auto lines = lines_of(out);
  EXPECT_EQ(lines.size(), 800U);
  EXPECT_EQ(writes, 800);
  for (const std::string& line : lines) EXPECT_FALSE(Json::parse(line, nullptr, false).is_discarded());
}

TEST(TextSink, ResultsGoToStdoutAndTalkToStderr) {
  TextRun run;
  run.sink.on(done_item());
  run.sink.on(failed_item());
  run.sink.on(Summary{2, 1, 1, 0, 3});
  EXPECT_EQ(run.out, "drop/beach.mov: done: remuxed to MP4 -> out/beach.mp4 (812 kB)\n");
  EXPECT_THAT(run.err, StartsWith("drop/b.mov: failed: b.mov is too short (measured 1.2 s, limit 3 s)\n"));
  EXPECT_THAT(run.err, HasSubstr("try: --too-short hold\n"));
  EXPECT_THAT(run.err, EndsWith("2 items: 1 done, 1 failed\n"));
}

TEST(TextSink, QuietLeavesErrorsAndAskedForData) {
  TextRun run({.quiet = true});
  run.sink.on(ItemNote{"x.part", "left out"});
  run.sink.on(done_item());
  run.sink.say("talk");
  run.sink.on(Summary{2, 2, 0, 0, 0});
  EXPECT_EQ(run.out + run.err, "");
  run.sink.on(failed_item());
  EXPECT_THAT(run.err, HasSubstr("failed"));
  run.sink.data({}, "asked for");
  EXPECT_EQ(run.out, "asked for\n");
}

TEST(TextSink, AnUploadIsItsUrlAlone) {
  TextRun run({.quiet = true, .urls_only = true});
  ItemDone done = done_item();
  done.urls = {"https://m.example/1.mp4"};
  run.sink.on(done);
  EXPECT_EQ(run.out, "https://m.example/1.mp4\n");
}

TEST(TextSink, ADateIsTheFutureOfScheduledPostsAlone) {
  TextRun run;
  run.sink.on(PostStatus{"a", {"id", "scheduled", std::nullopt, "2099-01-01T00:00:00Z"}, std::nullopt});
  run.sink.on(PostStatus{"a", {"id", "published", "https://t.example/1", "2020-01-01T00:00:00Z"}, std::nullopt});
  EXPECT_EQ(run.out,
            "a: post scheduled, id id, goes out 2099-01-01T00:00:00Z\n"
            "a: post published, id id, https://t.example/1\n");
}

TEST(TextSink, NamesCannotCommandTheTerminal) {
  TextRun run;
  ItemDone done = done_item();
  done.item = "a\x1b[2J\nb";
  done.outputs[0].path = "out/\x1b]0;x\x07";
  run.sink.on(done);
  ItemFailed failed = failed_item();
  failed.item = "\x1b[31m";
  failed.error.message = "line\nbreak";
  run.sink.on(failed);
  run.sink.say("in \x1b[31m");
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("\x1b")));
  EXPECT_EQ(lines_of(run.out).size(), 1U);
}

TEST(TextSink, ColourIsOnlyThereWhereItWasAskedFor) {
  TextRun plain;
  plain.sink.on(done_item());
  EXPECT_THAT(plain.out, Not(HasSubstr("\x1b")));
  TextRun coloured({.colour = true});
  coloured.sink.on(done_item());
  EXPECT_THAT(coloured.out, HasSubstr("\x1b[32mdone\x1b[0m"));
}

TEST(TextSink, ThereIsNoProgressLineWithoutATerminal) {
  TextRun run;
  run.sink.on(ItemStarted{"a", "video"});
  run.sink.on(ItemProgress{"a", "transcode", 0.5});
  EXPECT_EQ(run.err, "");
}

TEST(TextSink, ProgressIsTakenAwayBeforeOtherText) {
  TextRun run;
  run.sink.show_progress([] { return TerminalSize{40, 24}; }, {});
  run.sink.on(ItemStarted{"drop/beach.mov", "video"});
  run.sink.put_away();
  run.sink.bring_back();
  EXPECT_THAT(run.err, HasSubstr("drop/beach.mov"));
  EXPECT_THAT(run.err, EndsWith("0 finished"));
  run.sink.on(done_item());
  run.sink.on(Summary{1, 1, 0, 0, 0});
  run.sink.put_away();
  EXPECT_THAT(run.err, EndsWith("\x1b[J"));
  EXPECT_THAT(run.out, StartsWith("drop/beach.mov: done"));
}

TEST(JsonSink, ProgressWithinAStageIsToldNowAndThen) {
  std::string out;
  JsonSink sink(into(out));
  for (int i = 0; i < 1000; ++i) sink.on(ItemProgress{"a", "transcode", i / 1000.0});
  sink.on(ItemProgress{"b", "transcode", 0.5});
  sink.on(ItemProgress{"a", "verify", 0});
  const auto lines = lines_of(out);
  EXPECT_THAT(lines.front(), HasSubstr("\"done\":0.0"));
  EXPECT_THAT(lines[lines.size() - 2], HasSubstr("\"item\":\"b\""));
  EXPECT_THAT(lines.back(), HasSubstr("verify"));
  EXPECT_LT(lines.size(), 500U);
}

TEST(TextSink, AProbeIsABlock) {
  MediaInfo info;
  info.container.format = "mov";
  info.size_bytes = 1234567;
  info.duration_us = 12'500'000;
  VideoStreamInfo video;
  video.codec = "h264";
  video.width_px = 1080;
  video.height_px = 1920;
  video.rotation_deg = 90;
  video.timing.rate = Rational{30, 1};
  video.timing.constant = true;
  info.video = {video};
  info.chosen_video = 0;
  info.notes = {"odd\x1bthing"};
  Finding finding;
  finding.rule = "container.format";
  finding.measured = std::string("mov");
  finding.limit = std::string("mp4");
  finding.fix = "it is remuxed";
  TextRun run;
  run.sink.on(Probed{"a.mov",
                     {{"kind", "video"},
                      {"facts", without_nulls(info)},
                      {"findings", Json::array({finding})},
                      {"plan", Json::object()},
                      {"summary", "remuxed to MP4"},
                      {"verdict", "fixable"}}});
  EXPECT_THAT(run.out, StartsWith("a.mov: fixable\n"));
  EXPECT_THAT(run.out, HasSubstr("  container  mov, 12.5 s, 1.23 MB\n"));
  EXPECT_THAT(run.out, HasSubstr("h264, 1080x1920, turned by 90°, 30 fps"));
  EXPECT_THAT(run.out, HasSubstr("  odd        odd\\x1bthing\n"));
  EXPECT_THAT(run.out, HasSubstr("  must       container.format: measured mov, limit mp4; it is remuxed\n"));
  EXPECT_THAT(run.out, HasSubstr("  prepare    remuxed to MP4\n"));
}

}  // namespace
}  // namespace tokprep::cli
