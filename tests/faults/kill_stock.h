#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace tokprep::faults {

/// A batch of posts that need every kind of work: videos that are kept, put into another box, given other sound and
/// encoded, stills, a folder of photos, covers of their own, captions.
struct KillMix {
  std::string name;
  std::vector<std::string> items;  ///< in the drop: "kept.mp4", "album"
  int jobs = 1;                    ///< --jobs
};

/// `folder/drop` with small media, made once by ffmpeg.
struct KillStock {
  std::filesystem::path folder;
  std::vector<KillMix> mixes;

  /// Errors: kIo; kInternal where ffmpeg fails, with what it printed.
  static Result<KillStock> make(const std::filesystem::path& folder);

  /// Links the items of a mix into `to`/drop, captions and covers with them. Error: kIo.
  Status lend(const KillMix& mix, const std::filesystem::path& to) const;
};

/// True where ffmpeg and ffprobe are there.
bool have_ffmpeg();

/// What a player sees of a video: for each stream its codec, size, rates and number of packets, and how long it is.
/// One line; empty where it cannot be read. By ffprobe.
std::string facts_of(const std::filesystem::path& video);

}  // namespace tokprep::faults
