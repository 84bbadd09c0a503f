#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"
#include "pipeline/options.h"
#include "pipeline/rules/rules.h"
#include "pipeline/time_range.h"

namespace tokprep {

enum class ContainerAction { kKeep, kRemux };

template <>
struct EnumNames<ContainerAction> {
  static constexpr std::array kTable{std::pair{ContainerAction::kKeep, std::string_view("keep")},
                                     std::pair{ContainerAction::kRemux, std::string_view("remux")}};
};

/// The decision for one asset, as data: how little work will make it comply, and why that much.
///
/// Video: `container` kKeep means the file's own bytes are the output (then both streams are kCopy or kNone).
/// Image: only `image` is meaningful: kCopy keeps the coded picture, without private metadata.
struct Plan {
  MediaKind kind = MediaKind::kVideo;
  ContainerAction container = ContainerAction::kKeep;
  VideoRecipe video;
  AudioRecipe audio;
  StreamAction image_action = StreamAction::kNone;
  ImageJob image;             ///< `input` and `output` left empty
  std::int64_t start_us = 0;  ///< as in TranscodeJob
  std::optional<std::int64_t> end_us;
  std::optional<std::int64_t> hold_to_us;
  std::optional<std::int64_t> loop_to_us;
  std::vector<TimePart> parts;              ///< of a split: one output each; empty: one output
  std::int64_t output_duration_us = 0;      ///< videos: what the output should last; of a split: all parts together
  std::optional<std::int64_t> cover_at_us;  ///< videos: the frame to take as cover
  bool cover_auto = false;                  ///< it is still to be looked for; then `cover_at_us` is empty
  std::vector<std::string> reasons;         ///< ids of the rules that force the work, no repeats
  std::vector<std::string> notes;           ///< sentences: what will change in form (padded, tone-mapped, …)
  std::string extension;                    ///< of the output, without a dot: mp4 jpg webp
  std::string mime;
};

/// Among the notes of a plan with `cover_auto`, until the frame is found.
inline constexpr std::string_view kCoverAutoNote = "cover: auto, a frame is looked for";

/// What an earlier attempt at the same asset has shown.
struct Experience {
  bool cuts_do_not_fit = false;  ///< parts that were copied came out above the size limit: encode them
};

/// Decides. Pure: no I/O. `findings` is what `check(info, rules)` said of the same file.
///
/// Errors: kNotCompliant with the rule, the measured value, the limit and the fix, where nothing that was
/// permitted helps (too short without --too-short, too long without --too-long); kUnsupportedInput where the
/// content has nothing to post (no video stream, nothing decodable) or needs what this version cannot do
/// (the message says what); kCorruptInput for a file that lost more than a few of its samples;
/// kInvalidArgument for an option that cannot apply to this asset
/// (--thumbnail-offset at or past the end names the duration).
Result<Plan> plan(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                  const ConvertOptions& options, const Experience& experience = {});

/// How a cover given as a picture is brought inside the cover's limits.
Result<Plan> plan_cover(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                        const ConvertOptions& options);

/// The contract's form: container, video, audio (or image), reasons, and beside them the details.
void to_json(nlohmann::json& json, const Plan& plan);

enum class Verdict { kCompliant, kFixable, kRefused };

template <>
struct EnumNames<Verdict> {
  static constexpr std::array kTable{std::pair{Verdict::kCompliant, std::string_view("compliant")},
                                     std::pair{Verdict::kFixable, std::string_view("fixable")},
                                     std::pair{Verdict::kRefused, std::string_view("refused")}};
};

/// Of a source: kCompliant when it can be kept as it is, kRefused when `plan` failed.
Verdict verdict(const Result<Plan>& plan);

/// One sentence for people: "kept as it is", "remuxed to MP4; audio pcm_s16le -> aac", …
std::string summary(const Plan& plan);

}  // namespace tokprep
