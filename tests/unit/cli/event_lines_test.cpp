#include <gtest/gtest.h>

#include "pipeline/event.h"

// The contract's lines, field by field: whoever parses them depends on names, types and the presence of each.

namespace tokprep {
namespace {

Json parse(std::string_view text) { return Json::parse(text); }

TEST(EventLines, TheLifeOfAnItem) {
  EXPECT_EQ(to_json_line(ItemStarted{"drop/beach.mov", "video"}),
            parse(R"({"v":1,"type":"item_started","item":"drop/beach.mov","kind":"video"})"));
  EXPECT_EQ(to_json_line(ItemProgress{"drop/beach.mov", "transcode", 0.42}),
            parse(R"({"v":1,"type":"progress","item":"drop/beach.mov","stage":"transcode","done":0.42})"));
  EXPECT_EQ(to_json_line(ItemNote{"drop/x.part", "left out"}),
            parse(R"({"v":1,"type":"note","item":"drop/x.part","message":"left out"})"));
}

TEST(EventLines, DoneHasOutputsPlanFindingsAndPost) {
  ItemDone done;
  done.item = "drop/beach.mov";
  done.kind = "video";
  done.outputs = {{"media", "out/beach.mp4", "video/mp4", 812345}};
  done.plan = {{"container", "remux"}, {"video", "copy"}, {"audio", "encode"}, {"reasons", {"audio.codec"}}};
  done.findings =
      Json::array({{{"rule", "audio.codec"}, {"measured", "pcm_s16le"}, {"limit", "aac"}, {"fixed", true}}});
  done.post = PostOutcome{"abc", "pending", std::nullopt, std::nullopt};
  EXPECT_EQ(to_json_line(done), parse(R"({"v":1,"type":"item_done","item":"drop/beach.mov","kind":"video",
    "outputs":[{"role":"media","path":"out/beach.mp4","mime":"video/mp4","size_bytes":812345}],
    "plan":{"container":"remux","video":"copy","audio":"encode","reasons":["audio.codec"]},
    "findings":[{"rule":"audio.codec","measured":"pcm_s16le","limit":"aac","fixed":true}],
    "post":{"id":"abc","status":"pending","url":null}})"));
}

TEST(EventLines, ADryRunSaysSoAndShowsTheRequest) {
  ItemDone done;
  done.item = "a";
  done.dry_run = true;
  done.request = {{"post", "hi"}};
  const Json line = to_json_line(done);
  EXPECT_EQ(line["dry_run"], true);
  EXPECT_EQ(line["request"]["post"], "hi");
  EXPECT_FALSE(line.contains("post"));
}

TEST(EventLines, SkippedHasTheEarlierOutputs) {
  const ItemSkipped skipped{"a",
                            "image",
                            "done by an earlier run",
                            {{"media", "out/a.jpg", "image/jpeg", 7}},
                            PostOutcome{"id", "published", "https://t.example/1", "2026-07-08T12:30:00Z"}};
  EXPECT_EQ(to_json_line(skipped), parse(R"({"v":1,"type":"item_skipped","item":"a","kind":"image",
    "reason":"done by an earlier run",
    "outputs":[{"role":"media","path":"out/a.jpg","mime":"image/jpeg","size_bytes":7}],
    "post":{"id":"id","status":"published","url":"https://t.example/1","schedule_date":"2026-07-08T12:30:00Z"}})"));
}

TEST(EventLines, FailedHasATypedError) {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = "too short";
  error.rule = "video.duration_min";
  error.measured = 1.2;
  error.limit = std::int64_t{3};
  error.unit = "s";
  error.fix = "--too-short hold";
  EXPECT_EQ(to_json_line(ItemFailed{"drop/b.mov", error, Json::array()}),
            parse(R"({"v":1,"type":"item_failed","item":"drop/b.mov","error":{"code":"not_compliant",
    "rule":"video.duration_min","message":"too short","measured":1.2,"limit":3,"unit":"s","fix":"--too-short hold",
    "transient":false}})"));
}

TEST(EventLines, ProbeStatusAndSummary) {
  EXPECT_EQ(to_json_line(Probed{"a.mp4", {{"kind", "video"}, {"verdict", "compliant"}}}),
            parse(R"({"v":1,"type":"probe","item":"a.mp4","kind":"video","verdict":"compliant"})"));
  EXPECT_EQ(to_json_line(PostStatus{"", {"id", "published", "https://t.example/1", std::nullopt}, std::nullopt}),
            parse(R"({"v":1,"type":"status","post":{"id":"id","status":"published","url":"https://t.example/1"}})"));
  EXPECT_EQ(to_json_line(Summary{2, 1, 1, 0, 3}),
            parse(R"({"v":1,"type":"summary","items":2,"done":1,"failed":1,"skipped":0,"exit_code":3})"));
}

}  // namespace
}  // namespace tokprep
