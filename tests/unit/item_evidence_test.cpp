#include "pipeline/item_evidence.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "pipeline/certificate.h"
#include "pipeline/certificate_index.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;

MediaInfo of_duration(std::int64_t duration_us) {
  MediaInfo info;
  info.duration_us = duration_us;
  return info;
}

/// A certificate of two sources, the second of which was split, and a cover of the user's own.
fs::path write_certificate(const TempFolder& folder) {
  Certificate certificate;
  certificate.item = "drop/a.mov";
  AssetRecord one;
  one.after = {of_duration(1)};
  AssetRecord two;
  two.after = {of_duration(2), of_duration(3)};
  AssetRecord cover;
  cover.after = {of_duration(9)};
  certificate.assets = {one, two, cover};
  for (const char* name : {"1.mp4", "2.mp4", "3.mp4"}) {
    certificate.outputs.push_back({{"media", (folder.path() / name).string(), "video/mp4", 1}, "x"});
  }
  certificate.outputs.push_back({{"cover", (folder.path() / "c.jpg").string(), "image/jpeg", 1}, "x"});
  return folder.file("a.tokprep.json", to_line(to_document(certificate, folder.path(), built_in_rules())));
}

TEST(Evidence, IsReadFromACertificate) {
  const TempFolder folder;
  const fs::path file = write_certificate(folder);
  const auto evidence = read_evidence(file);
  ASSERT_TRUE(evidence) << describe(evidence.error());
  ASSERT_EQ(evidence->files.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(evidence->files[i].path, (folder.path() / (std::to_string(i + 1) + ".mp4")).string());
    EXPECT_EQ(evidence->files[i].facts.duration_us, static_cast<std::int64_t>(i + 1));
  }
  EXPECT_EQ(evidence->certificate, file.string());
  EXPECT_EQ(evidence->made.size(), std::string("2026-11-22T17:30:00Z").size());
}

TEST(Evidence, OfWhatIsNoCertificateIsATypedError) {
  const TempFolder folder;
  EXPECT_EQ(read_evidence(folder.path() / "none").error().code, ErrorCode::kInputUnreadable);
  for (const char* text : {"[]", "{}", "{\"made\":1}", "text", "{\"made\":\"\",\"outputs\":[{}],\"assets\":[{}]}"}) {
    const auto read = read_evidence(folder.file("x.json", text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(Evidence, IsFoundAgainByTheItem) {
  const TempFolder folder;
  const fs::path file = write_certificate(folder);
  const fs::path state = folder.path() / "state";
  EXPECT_TRUE(find_evidence(state, "/drop/a.mov").files.empty());
  ASSERT_TRUE(remember_certificate(state, "/drop/./a.mov", file));
  const ItemEvidence evidence = find_evidence(state, "/drop/a.mov", "Look");
  EXPECT_EQ(evidence.files.size(), 3U);
  EXPECT_EQ(evidence.caption, "Look");
  EXPECT_TRUE(find_evidence(state, "/drop/b.mov").files.empty());
  fs::remove(file);
  EXPECT_TRUE(find_evidence(state, "/drop/a.mov").certificate.empty());
}

}  // namespace
}  // namespace tokprep
