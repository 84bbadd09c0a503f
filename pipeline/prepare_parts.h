#pragma once

#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "base/pending_file.h"
#include "pipeline/certificate.h"
#include "pipeline/output_place.h"
#include "pipeline/prepare.h"

namespace tokprep {

/// An output that is finished and judged but has no name yet.
struct PendingOutput {
  PendingFile file;
  std::string role;
  std::string mime;
  std::shared_future<Result<std::string>> digest;  ///< SHA-256, worked out on another thread; not valid: not yet begun
};

/// The frame that became the cover of one output of a video.
struct CoverChoice {
  std::int64_t at_us = 0;  ///< in that output
  FrameLook look;
  int frames = 0;  ///< it was chosen among so many; 0: the offset was given, or is the start
};

/// What one kind of item has come to before anything gets its name.
struct Draft {
  std::vector<AssetRecord> assets;  ///< sources in order, then an own cover
  std::vector<PendingOutput> outputs;
  std::vector<CoverChoice> covers;  ///< of a video without a cover of its own: one an output
  std::optional<std::int64_t> duration_us;
  std::string summary;
};

/// Everything `prepare_*` needs, so that signatures stay readable. References outlive the call.
struct PrepareTools {
  const PrepareRequest& request;
  const Rules& rules;
  Workers& workers;
  const RunContext& run;
  const OutputPlace& place;

  /// The target of an output of this item: its stem with `suffix` appended, e.g. ".cover.jpg".
  /// Error: kInvalidArgument where a file stands there that it must not replace (`OutputPlace::check`).
  [[nodiscard]] Result<std::filesystem::path> target(const std::string& suffix) const;
};

/// An error about one of several files: it carries the file, and its text names it.
Error naming(Error error, const std::filesystem::path& source);

Result<Draft> draft_video(const Examined& examined, const PrepareTools& tools);
/// Facts and decisions for every image of a photo post, on one canvas where one is wanted. All are looked at, so that
/// one run tells of all that cannot be used. Error: `error_of` the verdicts.
Result<std::vector<Examined>> examine_photos(const PrepareTools& tools);

Result<Draft> draft_images(const std::vector<Examined>& examined, const PrepareTools& tools);

/// One still to one pending output; the record's `after` is what the judge found.
Result<AssetRecord> draft_image(const std::filesystem::path& source, const Examined& examined, AssetRole role,
                                PendingFile& output, const PrepareTools& tools);

/// The item's own cover image as a pending output.
Result<std::pair<AssetRecord, PendingOutput>> draft_cover(const PrepareTools& tools);

}  // namespace tokprep
