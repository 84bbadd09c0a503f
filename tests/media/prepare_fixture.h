#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "pipeline/prepare.h"
#include "tests/support/clips.h"

namespace tokprep::test {

/// Makes clips with the ffmpeg program and prepares them with ours.
class PrepareFixture : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_ffmpeg()) GTEST_SKIP() << "no ffmpeg program to make clips with";
  }

  std::filesystem::path make(const std::string& arguments, const std::string& name) {
    return make_clip(folder_, arguments, name);
  }

  Result<Prepared> prepared(const std::filesystem::path& source, bool force = false) {
    PrepareRequest request;
    request.item.name = source.string();
    request.item.sources = {source};
    request.item.output_stem = source.stem();
    request.output_dir = out();
    request.options = options_;
    request.force = force;
    return prepare(request, rules_, workers_, RunContext{});
  }

  /// The media output; a failing test where there is none.
  std::filesystem::path media(const Result<Prepared>& result) {
    EXPECT_TRUE(result) << (result ? "" : describe(result.error()));
    return result && !result->outputs.empty() ? std::filesystem::path(result->outputs.front().path)
                                              : std::filesystem::path();
  }

  MediaInfo probed(const std::filesystem::path& file) {
    auto info = workers_.probe(file, RunContext{});
    EXPECT_TRUE(info) << (info ? "" : info.error().message);
    return info.value_or(MediaInfo{});
  }

  [[nodiscard]] std::filesystem::path out() const { return folder_.path() / "out"; }

  TempFolder folder_;
  ConvertOptions options_;
  Rules rules_ = built_in_rules();
  Workers workers_{WorkerOptions{TOKPREP_WORKERS, std::chrono::seconds(60)}};
};

/// A clip that already is all that TikTok wants, as ffmpeg arguments: picture and sound.
inline std::string compliant_picture(const std::string& rate = "30", const std::string& size = "360x640",
                                     double seconds = 4) {
  return "-f lavfi -i testsrc2=s=" + size + ":r=" + rate + ":d=" + std::to_string(seconds) + " ";
}
inline std::string tone(double seconds = 4) {
  return "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=" + std::to_string(seconds) + " ";
}
inline const std::string kH264 =
    "-c:v libx264 -preset ultrafast -profile:v high -bf 2 -g 60 -pix_fmt yuv420p -colorspace bt709 -color_primaries "
    "bt709 "
    "-color_trc bt709 -color_range tv ";
inline const std::string kAac = "-c:a aac -b:a 128k -ac 2 ";
inline const std::string kFast = "-movflags +faststart -fflags +bitexact ";

}  // namespace tokprep::test
