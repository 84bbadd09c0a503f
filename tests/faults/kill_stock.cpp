#include "tests/faults/kill_stock.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/json.h"
#include "tests/faults/child.h"
#include "tests/faults/lines.h"
#include "tests/support/temp_folder.h"

namespace tokprep::faults {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{60};

/// Runs a program that is found by its name; its output.
Result<std::string> output_of(std::vector<std::string> arguments) {
  const test::TempFolder folder;
  arguments.insert(arguments.begin(), "/usr/bin/env");
  const ChildCommand command{std::move(arguments), {}, folder.path(), folder.path() / "out", folder.path() / "err"};
  TOKPREP_ASSIGN(Child child, Child::start(command));
  if (child.wait(kPatience) && child.exit_code() == 0) return text_of(command.out_file);
  return fail(ErrorCode::kInternal,
              fmt::format("{}: {}", fmt::join(command.arguments, " "), text_of(command.err_file)));
}

/// `ffmpeg WORDS FILE`.
Status make(const std::string& words, const fs::path& file) {
  std::vector<std::string> arguments{"ffmpeg", "-nostdin", "-v", "error", "-y"};
  std::istringstream stream(words);
  for (std::string word; stream >> word;) arguments.push_back(word);
  arguments.push_back(file.string());
  TOKPREP_TRY(output_of(std::move(arguments)));
  return {};
}

Status make_media(const fs::path& drop) {
  // As short and as small as the rules permit.
  const std::string source =
      "-f lavfi -i testsrc2=s=360x640:r=24:d=3 -f lavfi -i sine=440:r=48000:d=3 -shortest -map_metadata -1 ";
  const std::string complying =
      "-c:v libx264 -preset veryfast -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709 "
      "-color_range tv -c:a aac -ac 2 -movflags +faststart";
  const std::string kept = (drop / "kept.mp4").string();
  TOKPREP_TRY(make(source + complying, kept));
  TOKPREP_TRY(make("-f lavfi -i mandelbrot=s=360x640 -frames:v 1", drop / "kept.cover.png"));
  TOKPREP_TRY(make(fmt::format("-i {} -c copy -metadata title=x", kept), drop / "remuxed.mkv"));
  TOKPREP_TRY(make(fmt::format("-i {} -c:v copy -c:a pcm_s16le", kept), drop / "sound.mov"));
  TOKPREP_TRY(make(source + "-c:v mpeg4 -q:v 5 -c:a mp2 -ac 2", drop / "encoded.mkv"));
  TOKPREP_TRY(make("-f lavfi -i testsrc=s=240x320 -frames:v 1", drop / "still.png"));
  TOKPREP_TRY(make("-f lavfi -i smptebars=s=240x320 -frames:v 1", drop / "drawing.bmp"));
  for (const auto& [file, side_px] : {std::pair("1.png", 200), std::pair("2.jpg", 240), std::pair("10.png", 280)}) {
    TOKPREP_TRY(make(fmt::format("-f lavfi -i testsrc2=s={0}x{0} -frames:v 1", side_px), drop / "album" / file));
  }
  return {};
}

void write(const fs::path& file, std::string_view text) { std::ofstream(file, std::ios::binary) << text; }

}  // namespace

Result<KillStock> KillStock::make(const fs::path& folder) {
  const fs::path drop = folder / "drop";
  std::error_code error;
  fs::create_directories(drop / "album", error);
  if (error) return fail(ErrorCode::kIo, "cannot make folders: " + error.message(), error.value());
  TOKPREP_TRY(make_media(drop));
  for (const char* name : {"kept", "remuxed", "sound", "encoded", "still"}) {
    write(drop / fmt::format("{}.txt", name), fmt::format("The caption of {} 🎬\n#two lines", name));
  }
  write(drop / "album" / "caption.txt", "three pictures");
  write(drop / "remuxed.post.json", R"({"tikTokOptions": {"thumbNailOffset": 1500, "visibility": "friends"}})");
  return KillStock{folder,
                   {{"kept, encoded, still, album", {"kept.mp4", "encoded.mkv", "still.png", "album"}, 2},
                    {"remuxed, sound, stills", {"remuxed.mkv", "sound.mov", "drawing.bmp", "still.png"}, 1},
                    {"all kinds", {"encoded.mkv", "kept.mp4", "album", "drawing.bmp", "remuxed.mkv"}, 3}}};
}

Status KillStock::lend(const KillMix& mix, const fs::path& to) const {
  std::error_code error;
  for (const std::string& item : mix.items) {
    const std::string stem = fs::path(item).stem();
    for (const auto& entry : fs::recursive_directory_iterator(folder / "drop")) {
      const fs::path name = fs::relative(entry.path(), folder / "drop");
      const bool belongs = name.string().starts_with(stem + ".") || name.string().starts_with(stem + "/");
      if (!belongs || !entry.is_regular_file()) continue;
      fs::create_directories((to / "drop" / name).parent_path(), error);
      if (!error) fs::create_hard_link(entry.path(), to / "drop" / name, error);
      if (error) return fail(ErrorCode::kIo, "cannot link " + name.string() + ": " + error.message(), error.value());
    }
  }
  return {};
}

bool have_ffmpeg() { return output_of({"ffmpeg", "-version"}) && output_of({"ffprobe", "-version"}); }

std::string facts_of(const fs::path& video) {
  const auto facts = output_of({"ffprobe", "-v", "error", "-count_packets", "-of", "json", "-show_entries",
                                "stream=codec_name,profile,width,height,pix_fmt,r_frame_rate,sample_rate,channels,"
                                "nb_read_packets:format=format_name,duration",
                                video.string()});
  const Json json = facts ? Json::parse(*facts, nullptr, false) : Json();
  return json.is_object() && !json["streams"].empty() ? to_line(json) : "";
}

}  // namespace tokprep::faults
