#include "codecs/mp4/metadata_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codecs/mp4/mp4_index.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/mp4_bytes.h"

namespace tokprep::mp4 {
namespace {

using test::mp4_bytes::box;
using test::mp4_bytes::full_box;
using test::mp4_bytes::u32;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> found(const std::vector<PrivateTag>& tags) {
  std::vector<std::string> names;
  for (const auto& tag : tags) names.push_back(std::string(name_of(tag.kind)) + " " + tag.name);
  return names;
}

std::string key(const std::string& name) { return u32(8 + name.size()) + "mdta" + name; }

std::string quicktime_meta(const std::vector<std::string>& names) {
  std::string keys = u32(names.size());
  for (const auto& name : names) keys += key(name);
  return full_box("hdlr", u32(0) + "mdta" + std::string(13, '\0')) + full_box("keys", keys) + box("ilst", "");
}

TEST(Mp4Metadata, UserDataOfCameras) {
  std::vector<PrivateTag> tags;
  collect_user_data(box("\xA9xyz", "+27.5-80.3/") + box("\xA9mak", "Apple") + box("\xA9too", "Lavf") +
                        box("name", "x") + std::string(4, '\0'),
                    tags);
  EXPECT_THAT(found(tags), ElementsAre("gps ©xyz", "device ©mak"));
}

TEST(Mp4Metadata, ItunesListsAndQuicktimeKeys) {
  std::vector<PrivateTag> tags;
  const std::string items = full_box("hdlr", u32(0) + "mdir") + box("ilst", box("\xA9"
                                                                                "ART",
                                                                                "") +
                                                                                box("\xA9"
                                                                                    "day",
                                                                                    ""));
  collect_user_data(box("meta", u32(0) + items), tags);
  EXPECT_THAT(found(tags), ElementsAre("owner ©ART", "time ©day"));
  tags.clear();
  const auto body = quicktime_meta({"com.apple.quicktime.location.ISO6709", "com.android.capture.fps",
                                    "com.apple.quicktime.make", "com.apple.quicktime.author"});
  collect_meta(body, tags);
  EXPECT_THAT(found(tags), ElementsAre("gps com.apple.quicktime.location.ISO6709", "device com.apple.quicktime.make",
                                       "owner com.apple.quicktime.author"));
}

TEST(Mp4Metadata, TimedMetadataTracks) {
  std::vector<PrivateTag> tags;
  const std::string keyd = box("keyd", "mdtacom.apple.quicktime.location.ISO6709");
  const std::string mebx = box("mebx", std::string(8, '\0') + box("keys", box(u32(1), keyd)));
  collect_timed_metadata(u32(0) + u32(2) + mebx + box("gpmd", std::string(8, '\0')), tags);
  EXPECT_THAT(found(tags), ElementsAre("gps com.apple.quicktime.location.ISO6709", "gps gpmd track"));
}

TEST(Mp4Metadata, CreationTimesCountOnceTheyAreSet) {
  const test::TempFolder folder;
  const auto tags_of = [&](std::uint32_t created) {
    const std::string moov = box("moov", test::mp4_bytes::mvhd(600, 0, created));
    return found(read_index(folder.file("clip.mp4", test::mp4_bytes::ftyp() + moov))->private_metadata);
  };
  EXPECT_THAT(tags_of(0), IsEmpty());
  EXPECT_THAT(tags_of(2'082'844'800), IsEmpty());  // 1970-01-01
  EXPECT_THAT(tags_of(3'700'000'000), ElementsAre("time mvhd creation time"));
}

TEST(Mp4Metadata, XmpHasABoxOfItsOwn) {
  const test::TempFolder folder;
  const std::string xmp =
      std::string("\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", 16) + "<x:xmpmeta/>";
  const auto index = read_index(folder.file("clip.mp4", test::mp4_bytes::ftyp() + box("moov", "") + box("uuid", xmp)));
  ASSERT_TRUE(index);
  EXPECT_THAT(found(index->private_metadata), ElementsAre("other XMP"));
}

TEST(Mp4Metadata, HostileListsStayShort) {
  std::vector<PrivateTag> tags;
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i)
    names.push_back("com.apple.quicktime.location." + std::to_string(i) + std::string(1000, 'x'));
  collect_meta(quicktime_meta(names), tags);
  EXPECT_EQ(tags.size(), 64U);
  EXPECT_LE(tags.front().name.size(), 128U);
  std::vector<PrivateTag> none;
  collect_meta(full_box("hdlr", "") + full_box("keys", u32(0xFFFFFFFF) + u32(0) + u32(0)), none);
  collect_meta("", none);
  collect_timed_metadata("abc", none);
  EXPECT_THAT(none, IsEmpty());
}

}  // namespace
}  // namespace tokprep::mp4
