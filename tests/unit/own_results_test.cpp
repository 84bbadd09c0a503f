#include <gmock/gmock.h>

#include "base/json.h"
#include "tests/unit/folder_tree.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using namespace test;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Pair;

class OwnResults : public FolderTree {
 protected:
  /// A certificate as a run leaves it beside outputs that are there.
  void certify(const fs::path& name, const std::vector<std::string>& sources, const std::vector<std::string>& outputs,
               const std::string& kind = "video") const {
    Json assets = Json::array();
    for (const std::string& source : sources) assets.push_back({{"source", {{"path", source}}}});
    Json files = Json::array();
    for (const std::string& output : outputs) {
      const auto size_bytes = fs::file_size((drop_ / name).parent_path() / output);
      files.push_back({{"path", output}, {"size_bytes", size_bytes}});
    }
    put(name, Json{{"kind", kind}, {"assets", assets}, {"outputs", files}}.dump());
  }
};

TEST_F(OwnResults, BesideTheirSourceAreNeitherItemsNorItsCover) {
  const auto source = video("beach.mov");
  const auto made = video("beach.mp4");
  const auto cover = image("beach.cover.jpg");
  certify("beach.tokprep.json", {source}, {"beach.mp4", "beach.cover.jpg"});
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("beach.mov"));
  EXPECT_FALSE(list.items[0].cover);
  EXPECT_THAT(left_out(list), IsSupersetOf({Pair("beach.mp4", "made by tokprep from beach.mov"),
                                            Pair("beach.cover.jpg", "made by tokprep from beach.mov")}));
  EXPECT_FALSE(collect({source}).items.at(0).cover);
  EXPECT_THAT(names(collect({made})), ElementsAre("beach.mp4")) << "named: meant";
  const ItemList named = collect({source, cover});
  EXPECT_THAT(names(named), ElementsAre("beach.mov"));
  EXPECT_FALSE(named.items[0].cover);
  EXPECT_THAT(left_out(named), ElementsAre(Pair("beach.cover.jpg", "made by tokprep from beach.mov")));

  image("beach.cover.png");
  EXPECT_EQ(collect().items.at(0).cover, drop_ / "beach.cover.png") << "somebody's own";
}

TEST_F(OwnResults, AreMediaLikeAnyOtherWhereTheirSourcesLieElsewhere) {
  video("raw/beach.mp4");
  video("out/beach.mp4");
  image("out/beach.cover.jpg");
  video("out/bay.mp4");
  certify("out/beach.tokprep.json", {drop_ / "raw/beach.mp4"}, {"beach.mp4", "beach.cover.jpg"});
  certify("out/bay.tokprep.json", {drop_ / "raw/beach.mp4"}, {"bay.mp4"});  // its source's name is another's output
  const ItemList list = collect({drop_ / "out"});
  EXPECT_THAT(names(list), ElementsAre("out/bay.mp4", "out/beach.mp4"));
  EXPECT_EQ(list.items[1].cover, drop_ / "out/beach.cover.jpg");
}

TEST_F(OwnResults, ThatOutliveTheirSourceOrWereReplacedAreSomebodys) {
  const auto source = video("beach.mov");
  video("beach.mp4");
  image("beach.cover.jpg");
  certify("beach.tokprep.json", {source}, {"beach.mp4", "beach.cover.jpg"});
  put("beach.cover.jpg", std::string(kImageBytes) + "drawn upon");
  EXPECT_EQ(collect().items.at(0).cover, drop_ / "beach.cover.jpg");
  fs::remove(source);
  EXPECT_THAT(names(collect()), ElementsAre("beach.mp4"));
}

TEST_F(OwnResults, OfPhotosAreNotAmongTheirSources) {
  const auto one = image("look/1.png");
  const auto two = image("look/2.png");
  image("look/01.jpg");
  image("look/02.jpg");
  image("look.part1/01.jpg");
  certify("look.tokprep.json", {one, two}, {"look/01.jpg", "look/02.jpg"}, "image");
  certify("look.part1.tokprep.json", {one}, {"look.part1/01.jpg"}, "image");
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("look"));
  EXPECT_THAT(list.items[0].sources, ElementsAre(one, two));
  EXPECT_THAT(names(collect({drop_ / "look.part1"})), ElementsAre("look.part1/01.jpg")) << "by itself: as it is";
}

TEST_F(OwnResults, AreNotToldByARecordThatIsDamagedOrNotOurs) {
  video("beach.mov");
  video("beach.mp4");
  for (const auto* text : {"", "{", "[]", "7", R"({"outputs": "beach.mp4", "assets": {}, "kind": 1})",
                           R"({"outputs": [{"path": ["beach.mp4"]}], "assets": [{"source": {"path": "beach.mov"}}]})",
                           R"({"outputs": [{"path": "beach.mp4", "size_bytes": "40"}], "assets": [null]})",
                           R"({"outputs": [{"path": "../drop", "size_bytes": 1}], "assets": [], "kind": "video"})"}) {
    put("beach.tokprep.json", text);
    EXPECT_THAT(names(collect()), ElementsAre("beach.mov", "beach.mp4")) << text;
  }
}

}  // namespace
}  // namespace tokprep
