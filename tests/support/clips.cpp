#include "tests/support/clips.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tokprep::test {

bool have_ffmpeg() { return std::system("ffmpeg -version >/dev/null 2>&1") == 0; }

std::filesystem::path make_clip(const TempFolder& folder, const std::string& arguments, const std::string& name) {
  const std::string command =
      fmt::format("cd '{}' && ffmpeg -nostdin -v error -y {} '{}'", folder.path().string(), arguments, name);
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return folder.path() / name;
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 1 << 16> chunk;
  for (std::size_t got = 0; (got = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    text.append(chunk.data(), got);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

std::string frame_digests(const std::filesystem::path& clip, const std::string& stream) {
  // The last column is the digest; the others are times, which may differ between containers.
  return output_of(
      fmt::format("ffmpeg -nostdin -v error -i '{}' -map 0:{} -f framemd5 - | grep -v '^#' | awk '{{print $NF}}'",
                  clip.string(), stream));
}

std::string ffprobe_value(const std::filesystem::path& clip, const std::string& stream, const std::string& entry) {
  std::string text = output_of(fmt::format(
      "ffprobe -v error -select_streams {} -show_entries {} -of default=nw=1:nk=1 '{}'", stream, entry, clip.string()));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Picture Picture::of(const std::filesystem::path& file, double at_seconds) {
  Picture picture;
  const std::string size = ffprobe_value(file, "v:0", "stream=width,height");
  if (std::sscanf(size.c_str(), "%d\n%d", &picture.width_, &picture.height_) != 2) ADD_FAILURE() << size;
  // Exact colour: an untagged file is taken as bt709 by nobody, so the tags of our outputs are what counts here.
  picture.rgb_ = output_of(fmt::format(
      "ffmpeg -nostdin -v error {} -i '{}' -frames:v 1 -vf scale=sws_flags=bicubic+accurate_rnd+full_chroma_int "
      "-pix_fmt rgb24 -f rawvideo -",
      at_seconds > 0 ? fmt::format("-ss {}", at_seconds) : "", file.string()));
  EXPECT_EQ(picture.rgb_.size(),
            static_cast<std::size_t>(picture.width_) * static_cast<std::size_t>(picture.height_) * 3);
  return picture;
}

Pixel Picture::at(int x, int y) const {
  const auto offset =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
  const auto byte = [&](std::size_t i) { return static_cast<int>(static_cast<unsigned char>(rgb_.at(offset + i))); };
  return {byte(0), byte(1), byte(2)};
}

std::vector<std::int16_t> samples_of(const std::filesystem::path& clip) {
  const std::string raw =
      output_of(fmt::format("ffmpeg -nostdin -v error -i '{}' -ac 1 -ar 48000 -f s16le -", clip.string()));
  std::vector<std::int16_t> samples(raw.size() / 2);
  std::memcpy(samples.data(), raw.data(), samples.size() * 2);
  return samples;
}

}  // namespace tokprep::test
