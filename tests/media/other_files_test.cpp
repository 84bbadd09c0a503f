// Files that name other files: playlists, scripts and movies whose samples are elsewhere. A worker opens none of them,
// and not because of its cage: here there is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/file_descriptor.h"
#include "pipeline/workers.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/mp4_bytes.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using test::mp4_bytes::box;
using test::mp4_bytes::ftyp;
using test::mp4_bytes::number;
using test::mp4_bytes::u32;

class OtherFiles : public testing::Test {
 protected:
  OtherFiles() {
    std::signal(SIGPIPE, SIG_IGN);
    fs::copy_file(sample("city.mp4"), sibling_);
    EXPECT_GE(::inotify_add_watch(watch_.get(), sibling_.c_str(), IN_OPEN | IN_ACCESS), 0);
  }

  static fs::path sample(const std::string& name) { return fs::path(TOKPREP_SOURCE_DIR) / "samples" / name; }

  /// Somebody has opened or read it since the last call.
  [[nodiscard]] bool sibling_was_opened() const {
    std::array<char, 4096> events{};
    return ::read(watch_.get(), events.data(), events.size()) > 0;
  }

  static Workers uncaged() {
    WorkerOptions options;
    options.folder = TOKPREP_WORKERS;
    options.cage = CageMode::kOff;
    return Workers(options);
  }

  /// Neither the facts nor a frame of the sibling's can be had through the file; it is not even opened.
  void expect_leads_nowhere(const fs::path& file, bool may_have_facts = false) const {
    Workers workers = uncaged();
    const auto facts = workers.probe(file, {});
    EXPECT_TRUE(!facts || may_have_facts) << file;
    ThumbnailJob frame;  // what is text is refused without a worker; this asks one all the same
    frame.input = file.string();
    frame.output = (folder_.path() / "frame.jpg").string();
    const auto taken = workers.thumbnail(frame, {});
    EXPECT_FALSE(taken) << file;
    EXPECT_TRUE(taken || taken.error().code != ErrorCode::kWorkerFailed) << describe(taken.error());
    EXPECT_FALSE(fs::exists(frame.output)) << file;
    EXPECT_FALSE(sibling_was_opened()) << file;
  }

  test::TempFolder folder_;
  fs::path sibling_ = folder_.path() / "sibling.mp4";
  FileDescriptor watch_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
};

/// An entry of a track's data references as QuickTime wrote them: a Macintosh alias with an absolute path.
std::string alias_to(const std::string& path) {
  const std::string even = path.size() % 2 == 0 ? path : path + '\0';
  return box("alis", u32(0) + std::string(10, '\0') + std::string(28, '\0') + std::string(12, '\0') +
                         std::string(64, '\0') + std::string(16, '\0') + number(1, 2) + number(1, 2) +
                         std::string(16, '\0') + number(2, 2) + number(even.size(), 2) + even + number(0xFFFF, 2) +
                         number(0, 2));
}

/// The movie's boxes again, with these data references in every track. The samples must lie in front of the index.
std::string with_references(std::string_view boxes, const std::string& references) {
  constexpr std::string_view kParents = "moov trak mdia minf dinf";
  std::string all;
  while (boxes.size() >= 8) {
    std::size_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8U | static_cast<unsigned char>(boxes[static_cast<std::size_t>(i)]);
    if (size < 8 || size > boxes.size()) return all + std::string(boxes);
    const std::string_view type = boxes.substr(4, 4), body = boxes.substr(8, size - 8);
    if (type == "dref") all += box("dref", u32(0) + u32(1) + references);
    else if (kParents.find(type) != std::string_view::npos) all += box(type, with_references(body, references));
    else all += boxes.substr(0, size);
    boxes.remove_prefix(size);
  }
  return all;
}

TEST_F(OtherFiles, AreSeenWhenTheyAreOpened) {
  EXPECT_FALSE(sibling_was_opened());
  EXPECT_TRUE(uncaged().probe(sibling_, {}));
  EXPECT_TRUE(sibling_was_opened());
}

TEST_F(OtherFiles, OfPlaylistsAndScriptsAreNotOpened) {
  const std::string path = sibling_.string();
  const std::vector<std::string> texts = {
      "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:5,\n" + path + "\n#EXT-X-ENDLIST\n",
      "#EXTM3U\n#EXTINF:5,\nsibling.mp4\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile '" + path + "'\n",
      "ffconcat version 1.0\nfile sibling.mp4\nduration 4\n"};
  for (const std::string& text : texts) {
    for (const char* name : {"a.mp4", "a.mov", "a.ts", "a.m3u8", "a.mkv"}) {
      expect_leads_nowhere(folder_.file(name, text));
      expect_leads_nowhere(folder_.file(name, text + std::string(200, '\0')));  // no text, then
    }
  }
}

TEST_F(OtherFiles, OfReferenceMoviesAreNotOpened) {
  for (const std::string& url : {"file://" + sibling_.string(), sibling_.string(), std::string("sibling.mp4")}) {
    const std::string rdrf = box("rdrf", u32(0) + "url " + u32(url.size() + 1) + url + '\0');
    expect_leads_nowhere(folder_.file("reference.mov", ftyp("qt  ") + box("moov", box("rmra", box("rmda", rdrf)))));
  }
}

TEST_F(OtherFiles, OfTracksWithTheirSamplesElsewhereAreNotOpened) {
  std::ifstream stream(sample("street.mov"), std::ios::binary);
  const std::string movie{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  ASSERT_LT(movie.find("mdat"), movie.find("moov"));
  const std::string external = with_references(movie, alias_to(sibling_.string()));
  ASSERT_NE(external.find("alis"), std::string::npos);
  expect_leads_nowhere(folder_.file("alias.mov", external), true);

  // libav takes samples behind a URL for the file's own: then it is the file's own that are read.
  const std::string url = "file://" + sibling_.string();
  const fs::path by_url = folder_.file("url.mov", with_references(movie, box("url ", u32(0) + url + '\0')));
  (void)uncaged().probe(by_url, {});
  EXPECT_FALSE(sibling_was_opened());
}

}  // namespace
}  // namespace tokprep
