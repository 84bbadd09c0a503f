#include "pipeline/certificate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "base/digest.h"
#include "pipeline/earlier_result.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// A new file without any flush to disk, which real outputs need and these tests do not.
void put(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  fs::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A photo item of two pictures that an earlier run finished, and its certificate.
class CertificateTest : public testing::Test {
 protected:
  CertificateTest() {
    item_.name = "lookbook";
    item_.sources = {folder_.file("1.png", "first source"), folder_.file("2.png", "second source")};
    item_.photo_folder = true;
    item_.output_stem = "sub/lookbook";
    for (const char* name : {"01.jpg", "02.jpg"}) {
      put(out_ / "sub" / "lookbook" / name, std::string("bytes of ") + name);
    }
    write(document());
  }

  [[nodiscard]] Json document() const {
    Certificate certificate;
    certificate.item = item_.name;
    certificate.kind = "image";
    certificate.settings = settings();
    for (const fs::path& source : item_.sources) {
      AssetRecord asset;
      asset.source = mark_source(source, {}).value();
      asset.before.kind = MediaKind::kImage;
      asset.after.resize(1);
      asset.after.front().kind = MediaKind::kImage;
      certificate.assets.push_back(asset);
    }
    for (const char* name : {"01.jpg", "02.jpg"}) {
      const fs::path path = out_ / "sub" / "lookbook" / name;
      certificate.outputs.push_back({{"media", path.string(), "image/jpeg", fs::file_size(path)},
                                     sha256_of_file(path, {}).value(),
                                     modified_ns_of(path)});
    }
    certificate.plan = {{"image", "encode"}};
    certificate.summary = "2 images";
    return to_document(certificate, proof().parent_path(), built_in_rules());
  }

  [[nodiscard]] Json standing() const {
    std::ifstream stream(proof());
    return Json::parse(stream, nullptr, false);
  }
  static void make_old(const fs::path& path) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }
  /// As it would be of a file that lay there for a while before it was read.
  static SourceMark settled_mark(const fs::path& path) {
    SourceMark mark = mark_source(path, {}).value();
    mark.read_ns += 10'000'000'000;
    return mark;
  }

  [[nodiscard]] std::string settings() const { return settings_digest(item_, {}, built_in_rules()); }
  [[nodiscard]] fs::path proof() const { return certificate_path(item_, out_); }
  void write(const Json& json) const { put(proof(), json.dump(2)); }
  [[nodiscard]] std::optional<EarlierResult> earlier() const {
    return earlier_result(item_, out_, settings(), by_digests_, {});
  }

  test::TempFolder folder_;
  fs::path out_ = folder_.path() / "out";
  Item item_;
  bool by_digests_ = false;
};

void change_bytes(const fs::path& path, char to) {
  const auto time = fs::last_write_time(path);
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).put(to);
  fs::last_write_time(path, time + std::chrono::seconds(1));
}

TEST_F(CertificateTest, StandsBesideTheOutputs) {
  EXPECT_EQ(proof().string(), (out_ / "sub" / "lookbook.tokprep.json").string());
}

TEST_F(CertificateTest, HoldsWhileNothingChanged) {
  const auto result = earlier();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->kind, "image");
  EXPECT_EQ(result->summary, "2 images");
  EXPECT_EQ(result->plan, Json({{"image", "encode"}}));
  EXPECT_EQ(result->duration_us, std::nullopt);
  ASSERT_EQ(result->outputs.size(), 2U);
  EXPECT_EQ(result->outputs[1].path, (out_ / "sub" / "lookbook" / "02.jpg").string());
  EXPECT_EQ(result->outputs[1].role, "media");
  EXPECT_EQ(result->outputs[1].mime, "image/jpeg");
  EXPECT_EQ(result->outputs[1].size_bytes, 15U);
}

TEST_F(CertificateTest, HoldsAfterTheOutputFolderWasMoved) {
  fs::rename(out_, folder_.path() / "elsewhere");
  out_ = folder_.path() / "elsewhere";
  const auto result = earlier();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outputs[0].path, (out_ / "sub" / "lookbook" / "01.jpg").string());
}

TEST_F(CertificateTest, NamesNoOutputElsewhereAndNoLinkToOne) {
  const fs::path outside = folder_.file("private.jpg", "bytes of 01.jpg");
  const fs::path first = out_ / "sub" / "lookbook" / "01.jpg";
  fs::last_write_time(outside, fs::last_write_time(first));
  Json hostile = document();
  for (const std::string& path : {std::string("../../private.jpg"), outside.string()}) {
    hostile["outputs"][0]["path"] = path;
    write(hostile);
    EXPECT_FALSE(earlier()) << path << " would be uploaded";
  }
  write(document());
  ASSERT_TRUE(earlier());
  fs::remove(first);
  fs::create_symlink(outside, first);
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, StaysSmallWhateverThereIsToCutAt) {
  Certificate certificate;
  AssetRecord asset;
  asset.before.kind = MediaKind::kVideo;
  asset.before.video.resize(1);
  asset.before.video.front().timing.clean_starts_us.assign(200'000, 1);
  asset.after = {asset.before};
  certificate.assets.push_back(asset);
  EXPECT_LT(to_pretty_text(to_document(certificate, out_, built_in_rules())).size(), 20'000U);
}

TEST_F(CertificateTest, HoldsForASourceThatWasTouchedButNotChanged) {
  fs::last_write_time(item_.sources[1], fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(earlier());
}

TEST_F(CertificateTest, FallsWithAChangedSource) {
  change_bytes(item_.sources[1], 'S');  // of the same size
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, FallsWithASourceOfAnotherSize) {
  const auto time = fs::last_write_time(item_.sources[0]);
  fs::resize_file(item_.sources[0], 3);
  fs::last_write_time(item_.sources[0], time);
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, FallsWithAMissingSource) {
  fs::remove(item_.sources[0]);
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, FallsWithAnotherSetOrOrderOfSources) {
  std::swap(item_.sources[0], item_.sources[1]);
  EXPECT_FALSE(earlier());
  std::swap(item_.sources[0], item_.sources[1]);
  EXPECT_TRUE(earlier());
  item_.sources.pop_back();
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, FallsWithAMissingOutput) {
  fs::remove(out_ / "sub" / "lookbook" / "02.jpg");
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, FallsWithAnOutputOfAnotherSize) {
  fs::resize_file(out_ / "sub" / "lookbook" / "02.jpg", 3);
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, FallsWithAnOutputThatWasEdited) {
  change_bytes(out_ / "sub" / "lookbook" / "02.jpg", 'B');  // of the same size
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, HoldsForOutputsThatWereCopiedToNewTimes) {
  const fs::path output = out_ / "sub" / "lookbook" / "02.jpg";
  fs::last_write_time(output, fs::last_write_time(output) + std::chrono::hours(1));
  EXPECT_TRUE(earlier());
  EXPECT_EQ(standing()["outputs"][1]["modified_ns"], modified_ns_of(output)) << "the next run need not read it";
}

TEST_F(CertificateTest, FindsByDigestsWhatTimesDoNotTell) {
  const fs::path output = out_ / "sub" / "lookbook" / "02.jpg";
  const auto time = fs::last_write_time(output);
  change_bytes(output, 'B');
  fs::last_write_time(output, time);
  EXPECT_TRUE(earlier()) << "its size and its time are as they were";
  by_digests_ = true;
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, HoldsForSourcesThatWereMoved) {
  for (fs::path& source : item_.sources) {
    const fs::path to = folder_.path() / "elsewhere" / source.filename();
    fs::create_directories(to.parent_path());
    fs::rename(source, to);
    source = to;
  }
  EXPECT_TRUE(earlier());
}

TEST_F(CertificateTest, NotesTheNewTimesOfASourceThatWasTouched) {
  make_old(item_.sources[0]);
  EXPECT_TRUE(earlier());
  const auto mark = standing()["assets"][0]["source"].get<SourceMark>();
  EXPECT_EQ(mark.modified_ns, modified_ns_of(item_.sources[0]));
  SourceMark now;
  EXPECT_EQ(compare(mark, item_.sources[0], false, {}, now),
            is_racy(mark) ? Sameness::kSameBytes : Sameness::kUntouched);
}

TEST_F(CertificateTest, SeesAChangeThatSetItsTimeBack) {
  SourceMark mark = settled_mark(item_.sources[0]);
  const auto time = fs::last_write_time(item_.sources[0]);
  change_bytes(item_.sources[0], 'F');
  fs::last_write_time(item_.sources[0], time);
  ASSERT_EQ(modified_ns_of(item_.sources[0]), mark.modified_ns);
  SourceMark now;
  EXPECT_EQ(compare(mark, item_.sources[0], false, {}, now), Sameness::kChanged);
}

TEST_F(CertificateTest, ReadsNothingOfASourceLeftAlone) {
  SourceMark mark = settled_mark(item_.sources[0]);
  mark.sha256 = "another digest: reading would show it";
  SourceMark now;
  EXPECT_EQ(compare(mark, item_.sources[0], false, {}, now), Sameness::kUntouched);
  EXPECT_EQ(compare(mark, item_.sources[0], true, {}, now), Sameness::kChanged);
}

TEST(SourceMark, IsNotTrustedWhereAChangeCouldHaveTheSameTime) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto mark = [&](std::int64_t modified_ns, std::int64_t read_ns) {
    return SourceMark{"a", 1, modified_ns, modified_ns, read_ns, ""};
  };
  EXPECT_TRUE(is_racy(mark(100 * kSecond + 500'000'000, 100 * kSecond + 510'000'000))) << "within some ticks";
  EXPECT_FALSE(is_racy(mark(100 * kSecond + 500'000'000, 101 * kSecond)));
  EXPECT_TRUE(is_racy(mark(100 * kSecond, 101 * kSecond))) << "a file system of whole seconds";
  EXPECT_FALSE(is_racy(mark(100 * kSecond, 103 * kSecond)));
  SourceMark replaced = mark(100 * kSecond, 200 * kSecond);
  replaced.changed_ns = 200 * kSecond - 1;
  EXPECT_TRUE(is_racy(replaced));
}

TEST_F(CertificateTest, RemovesWhatIsNoLongerMade) {
  const fs::path first = out_ / "sub" / "lookbook" / "01.jpg";
  const fs::path second = out_ / "sub" / "lookbook" / "02.jpg";
  remove_outdated(proof(), {OutputRecord{{"media", first.string(), "image/jpeg", 15}, "", 0}}, {}, {});
  EXPECT_TRUE(fs::exists(first));
  EXPECT_FALSE(fs::exists(second));
}

TEST_F(CertificateTest, RemovesNoOriginalOfTheRun) {
  const fs::path second = out_ / "sub" / "lookbook" / "02.jpg";
  remove_outdated(proof(), {}, [&](const fs::path& path) { return path == second; }, {});
  EXPECT_TRUE(fs::exists(second)) << "the cover of this very run";
  EXPECT_FALSE(fs::exists(out_ / "sub" / "lookbook" / "01.jpg"));
}

TEST_F(CertificateTest, RemovesNothingThatIsNotAsItWasMade) {
  const fs::path second = out_ / "sub" / "lookbook" / "02.jpg";
  const fs::path outside = folder_.file("kept.jpg", "bytes of 01.jpg");
  Json hostile = document();
  change_bytes(second, 'M');
  hostile["outputs"][0]["path"] = "../../kept.jpg";
  write(hostile);
  remove_outdated(proof(), {}, {}, {});
  EXPECT_TRUE(fs::exists(second)) << "somebody changed it: it is theirs now";
  EXPECT_TRUE(fs::exists(outside));
}

TEST_F(CertificateTest, FallsWithOtherSettings) {
  EXPECT_FALSE(earlier_result(item_, out_, "other settings", false, {}));
}

TEST_F(CertificateTest, ThatIsMissingIsNoResult) {
  fs::remove(proof());
  EXPECT_FALSE(earlier());
}

TEST_F(CertificateTest, ThatIsCutOffIsNoResult) {
  const std::string whole = document().dump(2);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
    put(proof(), whole.substr(0, size));
    EXPECT_FALSE(earlier()) << size;
  }
}

TEST_F(CertificateTest, WithAnythingMissingOrOfTheWrongKindIsNoResult) {
  const Json whole = document();
  for (const char* path :
       {"/settings", "/assets", "/assets/0", "/assets/1/source", "/assets/0/source/path", "/assets/0/source/size_bytes",
        "/outputs", "/outputs/0", "/outputs/1/path", "/outputs/0/size_bytes", "/outputs/0/role", "/kind", "/summary"}) {
    for (const Json& damage : {Json(), Json(-1), Json::array(), Json{{"a", 1}}}) {
      Json json = whole;
      json[Json::json_pointer(path)] = damage;
      write(json);
      EXPECT_FALSE(earlier()) << path << " = " << damage;
    }
  }
  for (const Json& json : {Json(), Json(1), Json("text"), Json::array(), Json::object()}) {
    write(json);
    EXPECT_FALSE(earlier()) << json;
  }
  write(whole);
  EXPECT_TRUE(earlier());
}

TEST_F(CertificateTest, GivesTheVerdictOfEveryRuleOfItsKind) {
  const Json json = document();
  EXPECT_EQ(json.at("v"), 1);
  EXPECT_EQ(json.at("item"), "lookbook");
  EXPECT_EQ(json.at("outputs").at(0).at("path"), "lookbook/01.jpg");
  EXPECT_EQ(json.at("outputs").at(0).at("sha256"), sha256_of("bytes of 01.jpg"));
  EXPECT_EQ(json.at("assets").at(0).at("source").at("sha256"), sha256_of("first source"));
  const Json& before = json.at("assets").at(0).at("rules_before");
  EXPECT_EQ(before.at("image.box"), "pass");
  EXPECT_FALSE(before.contains("video.duration_min"));
  for (const auto& [rule, verdict] : before.items()) EXPECT_TRUE(verdict == "pass" || verdict == "fail") << rule;
}

TEST(SettingsDigest, ChangesWithWhateverDecidesTheOutput) {
  Item item;
  const std::string plain = settings_digest(item, {}, built_in_rules());
  EXPECT_EQ(settings_digest(item, {}, built_in_rules()), plain);

  ConvertOptions fit;
  fit.fit = Fit::kCrop;
  EXPECT_NE(settings_digest(item, fit, built_in_rules()), plain);
  ConvertOptions offset;
  offset.thumbnail_offset_ms = 0;
  EXPECT_NE(settings_digest(item, offset, built_in_rules()), plain);
  const auto rules = built_in_rules().with_overrides({{"video.duration_max", 300}});
  ASSERT_TRUE(rules);
  EXPECT_NE(settings_digest(item, {}, *rules), plain);
  item.cover = "beach.cover.png";
  EXPECT_NE(settings_digest(item, {}, built_in_rules()), plain);
}

TEST(SettingsDigest, DoesNotChangeWithHowTheOutputIsJudged) {
  ConvertOptions full;
  full.verify = VerifyDepth::kFull;
  EXPECT_EQ(settings_digest({}, full, built_in_rules()), settings_digest({}, {}, built_in_rules()));
}

TEST(MarkSource, NamesAMissingFile) {
  const test::TempFolder folder;
  const auto mark = mark_source(folder.path() / "gone.png", {});
  ASSERT_FALSE(mark);
  EXPECT_EQ(mark.error().code, ErrorCode::kInputUnreadable);
  EXPECT_NE(mark.error().message.find("gone.png"), std::string::npos);
}

}  // namespace
}  // namespace tokprep
