// Items as a whole: photos, covers, bad input, what is left on disk, the certificate, a second run.
#include <gmock/gmock.h>

#include <fstream>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

namespace fs = std::filesystem;

class PrepareItem : public PrepareFixture {
 protected:
  std::vector<std::string> files_in(const fs::path& folder) {
    std::vector<std::string> names;
    if (!fs::exists(folder)) return names;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).string());
    }
    std::ranges::sort(names);
    return names;
  }
  fs::path good_clip() { return make(compliant_picture() + tone() + kH264 + kAac + kFast, "good.mp4"); }
  Error refused(const fs::path& source) {
    const auto result = prepared(source);
    EXPECT_FALSE(result);
    EXPECT_TRUE(files_in(out()).empty()) << "something was left behind";
    return result ? Error{} : result.error();
  }
};

TEST_F(PrepareItem, BadInputIsRefusedByNameAndLeavesNothing) {
  const auto bytes = read_head(good_clip(), 10'000'000).value();
  EXPECT_EQ(refused(folder_.path() / "missing.mp4").code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(refused(folder_.file("empty.mp4", "")).code, ErrorCode::kUnsupportedInput);
  EXPECT_EQ(refused(folder_.file("text.mp4", "{\"not\": \"a video\"}\n")).code, ErrorCode::kUnsupportedInput);
  EXPECT_EQ(refused(folder_.file("noise.mp4", std::string(5000, '\x07'))).code, ErrorCode::kUnsupportedInput);
  EXPECT_EQ(refused(folder_.file("cut.mp4", bytes.substr(0, bytes.size() / 2))).code, ErrorCode::kCorruptInput);
  const Error sound = refused(make(tone() + kAac, "sound.m4a"));
  EXPECT_EQ(sound.code, ErrorCode::kUnsupportedInput);
  EXPECT_NE(sound.message.find("audio"), std::string::npos) << sound.message;
}

TEST_F(PrepareItem, TruncatedPngIsRefused) {
  const auto png = make("-f lavfi -i testsrc2=s=640x360 -frames:v 1", "whole.png");
  const auto bytes = read_head(png, 10'000'000).value();
  const Error error = refused(folder_.file("cut.png", bytes.substr(0, bytes.size() / 2)));
  EXPECT_EQ(error.code, ErrorCode::kCorruptInput);
  EXPECT_NE((error.file + error.message).find("cut.png"), std::string::npos);
}

TEST_F(PrepareItem, OffsetPastTheEndIsRefusedBeforeAnyWork) {
  options_.thumbnail_offset_ms = 4'000;
  const Error error = refused(good_clip());
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_NE(error.message.find("4"), std::string::npos);
}

TEST_F(PrepareItem, WhatIsLinkedOutOfItsFolderAfterTheWalkIsRefused) {
  const fs::path good = good_clip();
  fs::create_directory(folder_.path() / "drop");
  PrepareRequest request;
  request.item.name = "a";
  request.item.sources = {folder_.path() / "drop/a.mp4"};
  request.item.bounds = std::make_shared<const FolderBounds>(folder_.path() / "drop");
  request.item.output_stem = "a";
  request.output_dir = out();
  fs::create_symlink("../good.mp4", request.item.sources.front());
  for (const bool link : {false, true}) {
    request.options.link = link;
    const auto result = prepare(request, rules_, workers_, RunContext{});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInputUnreadable);
    EXPECT_EQ(result.error().file, request.item.sources.front().string());
    EXPECT_TRUE(files_in(out()).empty());
  }

  // While the work goes on.
  fs::remove(request.item.sources.front());
  fs::copy_file(good, request.item.sources.front());
  RunContext run;
  run.progress = [&](const Progress& progress) {
    if (progress.stage != "thumbnail" || fs::is_symlink(request.item.sources.front())) return;
    fs::remove(request.item.sources.front());
    fs::create_symlink("../good.mp4", request.item.sources.front());
  };
  const auto result = prepare(request, rules_, workers_, run);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInputUnreadable);
  EXPECT_TRUE(files_in(out()).empty());
}

TEST_F(PrepareItem, ASourceThatChangesMeanwhileIsToBeTriedAgain) {
  const fs::path clip = make(compliant_picture() + tone() + "-c:v mpeg4 -c:a aac", "old.mp4");
  PrepareRequest request;
  request.item.name = "old";
  request.item.sources = {clip};
  request.item.output_stem = "old";
  request.output_dir = out();
  RunContext run;
  run.progress = [&](const Progress& progress) {
    if (progress.stage == "transcode") std::ofstream(clip, std::ios::app) << "more";
  };
  const auto result = prepare(request, rules_, workers_, run);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kIo) << describe(result.error());
  EXPECT_NE(result.error().message.find("was changed while it was being read"), std::string::npos);
  EXPECT_TRUE(files_in(out()).empty());

  // Whatever else went wrong with it.
  run.progress = [&](const Progress& progress) {
    if (progress.stage == "transcode") std::ofstream(clip) << "no video any more";
  };
  const auto cut = prepare(request, rules_, workers_, run);
  ASSERT_FALSE(cut);
  EXPECT_NE(cut.error().code, ErrorCode::kInternal) << describe(cut.error());
}

TEST_F(PrepareItem, PhotosKeepTheirOrderAndGetNumbers) {
  PrepareRequest request;
  request.item.name = "lookbook";
  request.item.photo_folder = true;
  request.item.output_stem = "lookbook";
  request.item.sources = {make("-f lavfi -i color=red:s=800x600 -frames:v 1", "2.png"),
                          make("-f lavfi -i color=blue:s=600x800 -frames:v 1", "10.webp")};
  request.output_dir = out();
  const auto result = prepare(request, built_in_rules(), workers_, RunContext{});
  ASSERT_TRUE(result) << describe(result.error());
  EXPECT_EQ(files_in(out()), (std::vector<std::string>{"lookbook.tokprep.json", "lookbook/01.jpg", "lookbook/02.jpg"}));
  EXPECT_GT(Picture::of(out() / "lookbook/01.jpg").at(50, 50).r, 240);
  EXPECT_GT(Picture::of(out() / "lookbook/02.jpg").at(50, 50).b, 240);
}

TEST_F(PrepareItem, TheImageThatFailsIsNamedAndNothingIsLeft) {
  PrepareRequest request;
  request.item.name = "lookbook";
  request.item.photo_folder = true;
  request.item.output_stem = "lookbook";
  request.item.sources = {make("-f lavfi -i color=red:s=800x600 -frames:v 1", "1.png"),
                          folder_.file("2.png", "no picture")};
  request.output_dir = out();
  const auto result = prepare(request, built_in_rules(), workers_, RunContext{});
  ASSERT_FALSE(result);
  EXPECT_NE(describe(result.error()).find("2.png"), std::string::npos) << describe(result.error());
  EXPECT_THAT(result.error().file, testing::EndsWith("2.png"));
  EXPECT_TRUE(files_in(out()).empty());
}

TEST_F(PrepareItem, MoreImagesThanAPostTakesIsRefused) {
  PrepareRequest request;
  request.item.name = "many";
  request.item.photo_folder = true;
  request.item.output_stem = "many";
  const auto image = make("-f lavfi -i color=red:s=400x400 -frames:v 1", "one.jpg");
  request.item.sources.assign(36, image);
  request.output_dir = out();
  const auto result = prepare(request, built_in_rules(), workers_, RunContext{});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().rule, "post.images_max");
  EXPECT_EQ(to_text(result.error().measured), "36");
}

TEST_F(PrepareItem, OwnCoverIsBroughtInsideTheLimits) {
  PrepareRequest request;
  request.item.name = "good.mp4";
  request.item.sources = {good_clip()};
  request.item.output_stem = "good";
  request.item.cover = make("-f lavfi -i color=green:s=3000x200 -frames:v 1", "good.cover.png");
  request.output_dir = out();
  const auto wide = prepare(request, built_in_rules(), workers_, RunContext{});
  if (wide) {  // where it can be made to fit, it must comply
    const auto info = probed(out() / "good.cover.jpg");
    EXPECT_TRUE(complies(check(info, built_in_rules(), AssetRole::kCover)));
  } else {
    EXPECT_NE(describe(wide.error()).find("cover"), std::string::npos);
  }
  request.item.cover = make("-f lavfi -i color=green:s=200x200 -frames:v 1", "small.png");
  const auto small = prepare(request, built_in_rules(), workers_, RunContext{});
  ASSERT_TRUE(small) << describe(small.error());
  EXPECT_GE(probed(out() / "good.cover.jpg").image->width_px, 360);
}

TEST_F(PrepareItem, SecondRunDoesNothingUntilSomethingChanges) {
  const auto source = good_clip();
  ASSERT_TRUE(prepared(source));
  const auto again = prepared(source);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->reused);
  EXPECT_EQ(again->outputs.size(), 2U);
  EXPECT_EQ(again->source_digests.size(), 1U);
  options_.thumbnail_offset_ms = 1000;
  EXPECT_FALSE(prepared(source)->reused);
  fs::remove(out() / "good.mp4");
  EXPECT_FALSE(prepared(source)->reused);
  EXPECT_TRUE(prepared(source)->reused);
}

TEST_F(PrepareItem, CertificateNamesDigestsFactsAndVerdicts) {
  ASSERT_TRUE(prepared(good_clip()));
  const auto document = parse_json(read_text_file(out() / "good.tokprep.json").value(), "certificate");
  ASSERT_TRUE(document);
  EXPECT_EQ((*document)["assets"][0]["rules_after"]["video.duration_min"], "pass");
  EXPECT_EQ((*document)["outputs"][0]["sha256"].get<std::string>().size(), 64U);
  EXPECT_EQ((*document)["outputs"][0]["path"], "good.mp4");
  EXPECT_EQ((*document)["assets"][0]["facts_before"]["video"][0]["codec"], "h264");
}

TEST_F(PrepareItem, OutputNeverOverwritesItsSource) {
  const auto source = good_clip();
  PrepareRequest request;
  request.item.name = source.string();
  request.item.sources = {source};
  request.item.output_stem = "good";
  request.output_dir = folder_.path();
  const auto result = prepare(request, built_in_rules(), workers_, RunContext{});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(PrepareItem, DryRunWritesNothing) {
  PrepareRequest request;
  request.item.name = "good";
  request.item.sources = {good_clip()};
  request.item.output_stem = "good";
  request.output_dir = out();
  request.dry_run = true;
  const auto result = prepare(request, built_in_rules(), workers_, RunContext{});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->plan_json["container"], "keep");
  EXPECT_FALSE(fs::exists(out()));
}

}  // namespace
}  // namespace tokprep::test
