#include "pipeline/cli/manifest_items.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <fstream>

#include "base/sanitized.h"
#include "pipeline/cli/manifest_keys.h"
#include "pipeline/cli/settings.h"
#include "tests/support/temp_folder.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ManifestItems : public testing::Test {
 protected:
  [[nodiscard]] std::vector<Item> items(const std::string& name, const std::string& text) const {
    auto read = manifest_items(folder_.file(name, text), {});
    if (!read) throw std::runtime_error(describe(read.error()));
    return std::move(*read);
  }
  [[nodiscard]] Item item(const std::string& line) const { return items("m.jsonl", line).at(0); }
  [[nodiscard]] std::string fault(const std::string& line) const {
    const Item one = item(line);
    return one.error ? one.error->message : "no fault";
  }
  [[nodiscard]] ItemSettings settled(const Item& one) const {
    const auto settings = load_settings({}, [](const std::string&) { return std::nullopt; });
    return settle(one, true, true, {folder_.path()}, *settings).value();
  }

  test::TempFolder folder_;
};

TEST_F(ManifestItems, SayEverythingAboutAPost) {
  const Item one = item(
      R"({"media":"sub/a.mov","caption":"Hi","schedule":"2026-12-24 18:00 Europe/Berlin","visibility":"friends",)"
      R"("cover":"c.png","thumbnail_offset":1500,"fit":"blur","too_long":"trim","output":"2026/beach","draft":true,)"
      R"("notes":null,"firstComment":{"comment":"first"},"tikTokOptions":{"disableDuet":true}})");
  ASSERT_FALSE(one.error) << one.error->message;
  EXPECT_EQ(one.name, folder_.path() / "sub/a.mov");
  EXPECT_THAT(one.sources, ElementsAre(folder_.path() / "sub/a.mov"));
  EXPECT_EQ(one.cover, folder_.path() / "c.png");
  EXPECT_EQ(one.output_stem, "2026/beach");
  EXPECT_FALSE(one.photo_folder);
  EXPECT_EQ(one.options.or_default().caption, "Hi");
  EXPECT_EQ(one.options.or_default().schedule_date, "2026-12-24T17:00:00Z");
  EXPECT_EQ(one.options.or_default().visibility, Visibility::kFriends);
  EXPECT_EQ(one.options.or_default().draft, true);
  EXPECT_EQ(one.options.or_default().disable_duet, true);
  EXPECT_EQ(one.options.or_default().first_comment, "first");
  EXPECT_EQ(one.options.or_default().notes, std::nullopt);
  const ItemSettings settings = settled(one);
  EXPECT_EQ(settings.convert.fit, Fit::kBlur);
  EXPECT_EQ(settings.convert.too_long, TooLong::kTrim);
  EXPECT_EQ(settings.convert.thumbnail_offset_ms, 1500);
  EXPECT_EQ(settings.post.thumbnail_offset_ms, 1500) << "one frame: that of the cover is the one told to the service";
}

TEST_F(ManifestItems, OfCsvSayTheSame) {
  const auto all = items("m.csv",
                         "media,caption,fit,tikTokOptions.disableDuet,draft\n"
                         "1.jpg|2.jpg,\"Two, \"\"both\"\"\nof them\",,,true\n"
                         "\"[\"\"a|b.jpg\"\", \"\"c.jpg\"\"]\",,crop,,\n"
                         "a.mp4,,,true,\n");
  ASSERT_EQ(all.size(), 3U);
  for (const Item& one : all) EXPECT_FALSE(one.error) << one.error->message;
  EXPECT_THAT(all[0].sources, ElementsAre(folder_.path() / "1.jpg", folder_.path() / "2.jpg"));
  EXPECT_TRUE(all[0].photo_folder);
  EXPECT_EQ(all[0].options.or_default().caption, "Two, \"both\"\nof them");
  EXPECT_EQ(all[0].options.or_default().draft, true);
  EXPECT_EQ(all[0].convert.size(), 0U);
  EXPECT_THAT(all[1].sources, ElementsAre(folder_.path() / "a|b.jpg", folder_.path() / "c.jpg"));
  EXPECT_EQ(settled(all[1]).convert.fit, Fit::kCrop);
  EXPECT_EQ(all[2].options.or_default().disable_duet, true);
}

TEST_F(ManifestItems, AreTwoWhereOneFileHasTwoCaptions) {
  const auto all = items("m.jsonl",
                         "{\"media\":\"a.mov\",\"caption\":\"one\"}\n{\"media\":\"a.mov\",\"caption\":\"two\"}\n"
                         "{\"media\":\"b/a.mov\"}\n{\"media\":\"x.mov\",\"output\":\"a\"}\n");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].name, folder_.path() / "a.mov");
  EXPECT_EQ(all[1].name, (folder_.path() / "a.mov").string() + " [line 2]");
  EXPECT_EQ(all[0].output_stem, "a");
  EXPECT_EQ(all[1].output_stem, "a.mov");
  EXPECT_EQ(all[2].output_stem, "a-2");
  ASSERT_TRUE(all[3].error);
  EXPECT_THAT(all[3].error->message, HasSubstr("an item above writes to a already"));
}

TEST_F(ManifestItems, AreRefusedWhereTheirOutputsWouldMeet) {
  const auto all =
      items("m.jsonl",
            "{\"media\":[\"a.png\",\"i.png\"],\"output\":\"v2\"}\n{\"media\":\"i.png\",\"output\":\"v2/01\"}\n"
            "{\"media\":\"w.mp4\",\"output\":\"w\"}\n{\"media\":\"i.png\",\"output\":\"w.cover\"}\n"
            "{\"media\":\"t.mp4\",\"output\":\"w.part1\"}\n{\"media\":\"t.mp4\",\"output\":\"t.part1\"}\n"
            "{\"media\":\"t.mp4\"}\n");
  ASSERT_EQ(all.size(), 7U);
  for (const int line : {2, 4, 5}) {
    const Item& item = all[static_cast<std::size_t>(line - 1)];
    ASSERT_TRUE(item.error) << line;
    EXPECT_EQ(item.error->code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(item.error->message, HasSubstr("m.jsonl, line " + std::to_string(line)));
    EXPECT_THAT(item.error->message, HasSubstr("would have the names of files of an item above"));
  }
  for (const int line : {1, 3, 6, 7}) EXPECT_FALSE(all[static_cast<std::size_t>(line - 1)].error) << line;
  EXPECT_EQ(all[6].output_stem, "t.mp4");
}

TEST_F(ManifestItems, FailByThemselvesWithLineAndColumn) {
  const auto all = items("m.jsonl", "{\"media\":\"a.mov\",\"captoin\":\"x\"}\n{\"media\":\"b.mov\"}\n");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[1].error);
  ASSERT_TRUE(all[0].error);
  EXPECT_EQ(all[0].error->code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(all[0].error->message,
              HasSubstr("m.jsonl, line 1, column 18: unknown option 'captoin'; did you mean 'caption'?"));
  EXPECT_THAT(all[0].name, testing::EndsWith("m.jsonl, line 1"));
}

TEST_F(ManifestItems, RefuseWhatCannotBeMeant) {
  EXPECT_THAT(fault(R"({"caption":"x"})"), HasSubstr("'media' is missing"));
  EXPECT_THAT(fault(R"({"media":[]})"), HasSubstr("a path, or a list of paths"));
  EXPECT_THAT(fault(R"({"media":["a",1]})"), HasSubstr("a path, or a list of paths"));
  EXPECT_THAT(fault(R"({"media":""})"), HasSubstr("empty path"));
  EXPECT_THAT(fault(R"({"media":"https://x.example/a.mp4"})"), HasSubstr("'media': a URL (https://x.example/a.mp4)"));
  EXPECT_THAT(fault(R"({"media":"a","cover":"http://x.example/c.jpg"})"), HasSubstr("'cover': a URL"));
  EXPECT_THAT(fault(R"({"media":"a","fit":"pda"})"), AllOf(HasSubstr("'fit'"), HasSubstr("did you mean 'pad'?")));
  EXPECT_THAT(fault(R"({"media":"a","caption":5})"), HasSubstr("'caption': it must be a text"));
  EXPECT_THAT(fault(R"({"media":"a","caption":"x","post":"y"})"), HasSubstr("another key of the line says the same"));
  EXPECT_THAT(fault(R"({"media":"a","tikTokOptions":{"visibilty":"public"}})"),
              HasSubstr("did you mean 'visibility'?"));
  EXPECT_THAT(fault(R"({"media":"a","tikTokOptions":5})"), HasSubstr("must be an object"));
  EXPECT_THAT(fault(R"({"media":"a","schedule":"tomorrow"})"), HasSubstr("'schedule'"));
  for (const char* output : {"", "/etc/x", "../x", "a/../../x", "dir/", "."}) {
    EXPECT_THAT(fault(Json{{"media", "a"}, {"output", output}}.dump()), HasSubstr("no name below the output folder"))
        << output;
  }
}

// The system would read such a name as "a.png".
TEST_F(ManifestItems, RefuseNamesThatEndEarly) {
  EXPECT_THAT(fault(R"({"media":"a.png\u0000x.png"})"), HasSubstr("line 1, column 2: 'media': a zero byte"));
  EXPECT_THAT(fault(R"({"media":["a.png","b.png\u0000"]})"), HasSubstr("line 1, column 2: 'media': a zero byte"));
  EXPECT_THAT(fault(R"({"media":"a","cover":"c.png\u0000"})"), HasSubstr("line 1, column 14: 'cover': a zero byte"));
  EXPECT_THAT(fault(R"({"media":"a","output":"o\u0000p"})"), HasSubstr("line 1, column 14: 'output': a zero byte"));
  EXPECT_THAT(fault("{\"media\":\"a.png\xEF\xBF\xBD"
                    "00x.png\"}"),
              HasSubstr("a zero byte"))
      << "as --json would write it";
}

TEST_F(ManifestItems, MayLieAnywhereAndHaveAnyName) {
  EXPECT_THAT(item(R"({"media":"/abs/a.mov"})").sources, ElementsAre("/abs/a.mov"));
  EXPECT_THAT(item(R"({"media":"../a.mov"})").sources, ElementsAre(folder_.path() / "../a.mov"));
  const Item old = item(
      "{\"media\":\"caf\xEF\xBF\xBD"
      "E9.mov\"}");
  EXPECT_EQ(old.sources.front().filename().native(), "caf\xE9.mov") << "as --json writes it";
}

TEST_F(ManifestItems, AreRefusedTogetherWhereTheHeaderIsWrong) {
  const auto error = [&](const std::string& text) { return manifest_items(folder_.file("m.csv", text), {}).error(); };
  EXPECT_THAT(error("media,captoin\na,b\n").message, HasSubstr("line 1: unknown option 'captoin'; did you mean"));
  EXPECT_THAT(error("caption\na\n").message, HasSubstr("no column 'media'"));
  EXPECT_THAT(error("media\n").message, HasSubstr("no items"));
}

TEST_F(ManifestItems, TakeTheirFoldersSettingsBelowTheirOwn) {
  (void)folder_.file("tokprep.toml", "[convert]\nfit = 'crop'\ntoo_short = 'loop'\n[post]\nvisibility = 'private'\n");
  const ItemSettings settings = settled(item(R"({"media":"sub/a.mov","fit":"pad"})"));
  EXPECT_EQ(settings.convert.fit, Fit::kPad);
  EXPECT_EQ(settings.convert.too_short, TooShort::kLoop);
  EXPECT_EQ(settings.post.visibility, Visibility::kPrivate);
}

TEST_F(ManifestItems, OfAHundredThousandLinesFitIntoMemory) {
  {
    std::ofstream stream(folder_.path() / "m.jsonl");
    for (int i = 0; i < 100'000; ++i) stream << "{\"media\":\"" << i << ".mov\",\"caption\":\"number " << i << "\"}\n";
  }
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  const auto all = manifest_items(folder_.path() / "m.jsonl", {});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 100'000U);
  EXPECT_EQ(all->back().options.or_default().caption, "number 99999");
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  // A sanitizer puts red zones around each block.
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, kSanitized ? 600'000 : 200'000) << "kB";
}

TEST(ManifestKeys, AreDistinctAndFound) {
  for (const ManifestKey& key : manifest_keys()) {
    const auto found = find_manifest_key(key.name);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, &key) << key.name;
  }
}

}  // namespace
}  // namespace tokprep::cli
