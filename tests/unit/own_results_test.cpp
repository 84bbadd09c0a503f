#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/json.h"
#include "pipeline/noted_item.h"
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

TEST_F(OwnResults, InAFolderOfTheTreeAreNeitherItemsNorItsCover) {
  const auto beach = video("sub/beach.mov");
  const auto poster = image("poster.png");
  const auto one = image("look/1.png");
  for (const fs::path out : {"out", "sub/out2"}) {
    video(out / "beach.mp4");
    image(out / "beach.cover.jpg");
    image(out / "poster.jpg");
    image(out / "look/01.jpg");
    certify(out / "beach.tokprep.json", {beach}, {"beach.mp4", "beach.cover.jpg"});
    certify(out / "poster.tokprep.json", {poster}, {"poster.jpg"}, "image");
    certify(out / "look.tokprep.json", {one}, {"look/01.jpg"}, "image");
  }
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("look", "poster.png", "sub/beach.mov"));
  EXPECT_THAT(left_out(list), IsSupersetOf({Pair("out/beach.mp4", "made by tokprep from beach.mov"),
                                            Pair("out/beach.cover.jpg", "made by tokprep from beach.mov"),
                                            Pair("sub/out2/look/01.jpg", "made by tokprep from 1.png")}));
  EXPECT_THAT(names(collect({drop_ / "out"})), ElementsAre("out/beach.mp4", "out/look", "out/poster.jpg"));
  fs::remove(beach);
  EXPECT_THAT(names(collect()), ElementsAre("look", "out/beach.mp4", "poster.png", "sub/out2/beach.mp4"));
}

// A folder that was moved, or copied without its times: then it is the name, and the content.
TEST_F(OwnResults, AreToldByNameAndDigestWhereTheFolderWasMoved) {
  const auto certify_moved = [&](const fs::path& name, const fs::path& source, const fs::path& noted,
                                 const std::vector<std::string>& outputs) {
    certify(name, {noted}, outputs);
    Json document = Json::parse(std::ifstream(drop_ / name));
    Json& mark = document["assets"][0]["source"];
    mark["size_bytes"] = fs::file_size(source);
    mark["sha256"] = sha256_of_file(source, {}).value();
    put(name, document.dump());
  };
  const auto beach = video("sub/beach.mov");
  const auto other = put("sub/bay.mov", std::string(kVideoBytes) + "!");
  for (const fs::path name : {"out/beach.mp4", "out/bay.mp4"}) video(name);
  image("out/beach.cover.jpg");
  certify_moved("out/beach.tokprep.json", beach, "/was/elsewhere/beach.mov", {"beach.mp4", "beach.cover.jpg"});
  certify_moved("out/bay.tokprep.json", other, "/was/elsewhere/bay.mov", {"bay.mp4"});
  EXPECT_THAT(names(collect()), ElementsAre("sub/bay.mov", "sub/beach.mov"));
  put("sub/bay.mov", std::string(kVideoBytes) + "?");
  EXPECT_THAT(names(collect()), ElementsAre("out/bay.mp4", "sub/bay.mov", "sub/beach.mov")) << "of another file";
  EXPECT_THAT(names(collect({drop_, drop_ / "out/beach.mp4"})),
              ElementsAre("out/bay.mp4", "out/beach.mp4", "sub/bay.mov", "sub/beach.mov"))
      << "named: meant";
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

// Ours are far smaller; what somebody made up is not worth the memory it would take.
TEST_F(OwnResults, AreNotToldByARecordThatIsLargerThanOursAre) {
  const auto source = video("beach.mov");
  video("beach.mp4");
  certify("beach.tokprep.json", {source}, {"beach.mp4"});
  const std::string record = Json::parse(std::ifstream(drop_ / "beach.tokprep.json")).dump();
  EXPECT_THAT(names(collect()), ElementsAre("beach.mov"));
  put("beach.tokprep.json", record + std::string(kCertificateMaxBytes, ' '));
  EXPECT_THAT(names(collect()), ElementsAre("beach.mov", "beach.mp4"));
  certify("beach.tokprep.json", {source}, std::vector<std::string>(kOutputsMax, "beach.mp4"));
  EXPECT_THAT(names(collect()), ElementsAre("beach.mov"));
  certify("beach.tokprep.json", std::vector<std::string>(kOutputsMax + 1, source), {"beach.mp4"}, "image");
  EXPECT_THAT(names(collect()), ElementsAre("beach.mov", "beach.mp4"));
  certify("beach.tokprep.json", {source}, std::vector<std::string>(kOutputsMax + 1, "beach.mp4"));
  EXPECT_THAT(names(collect()), ElementsAre("beach.mov", "beach.mp4"));
}

}  // namespace
}  // namespace tokprep
