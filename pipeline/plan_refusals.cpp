#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/plan_parts.h"

namespace tokprep {
namespace {

/// "audio (aac) and subtitles (mov_text)": what a file without video holds instead.
std::string contents(const MediaInfo& info) {
  constexpr std::array kWords = {
      std::pair{OtherStreamKind::kAttachedPicture, std::string_view("a cover picture")},
      std::pair{OtherStreamKind::kSubtitle, std::string_view("subtitles")},
      std::pair{OtherStreamKind::kData, std::string_view("data")},
      std::pair{OtherStreamKind::kUndecodable, std::string_view("a stream that nothing here can decode")}};
  std::vector<std::string> parts;
  if (!info.audio.empty()) parts.push_back(fmt::format("audio ({})", info.audio.front().codec));
  for (const OtherStreamInfo& stream : info.other) {
    const auto* const word = std::ranges::find(kWords, stream.kind, [](const auto& row) { return row.first; });
    std::string part = fmt::format("{}{}", word->second, stream.codec.empty() ? "" : " (" + stream.codec + ")");
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(std::move(part));
  }
  return parts.empty() ? "no stream at all" : fmt::format("{} only", fmt::join(parts, " and "));
}

tl::unexpected<Error> unsupported(std::string rule, std::string message, std::string fix) {
  Error error;
  error.code = ErrorCode::kUnsupportedInput;
  error.message = std::move(message);
  error.rule = std::move(rule);
  error.fix = std::move(fix);
  return fail(std::move(error));
}

ErrorCode code_of(const Finding& finding) {
  if (finding.rule == "container.intact") return ErrorCode::kCorruptInput;
  return ErrorCode::kNotCompliant;
}

/// Length is judged with the options at hand (see time_range.h).
bool is_about_length(const Finding& finding) {
  return finding.rule == "video.duration_min" || finding.rule == "video.duration_max";
}

}  // namespace

std::string codec_text(const std::string& codec, const std::string& tag) {
  if (!codec.empty()) return codec;
  return tag.empty() ? "an unknown codec" : fmt::format("an unknown codec (tag '{}')", tag);
}

Status require_usable_video(const MediaInfo& info) {
  const VideoStreamInfo* video = info.chosen_video_stream();
  if (video == nullptr && !info.video.empty()) {
    const VideoStreamInfo& first = info.video.front();
    return unsupported(
        "video.codec",
        fmt::format("the video is in {}, which nothing here can decode", codec_text(first.codec, first.tag)),
        "convert it to H.264 with the program that made it");
  }
  if (video == nullptr) {
    return unsupported("streams.single", fmt::format("there is no video to post: the file holds {}", contents(info)),
                       "give a video, or an image for a photo post");
  }
  if (video->codec.empty()) {
    return unsupported("video.codec",
                       fmt::format("the video is in {}, which nothing here can decode", codec_text("", video->tag)),
                       "convert it to H.264 with the program that made it");
  }
  if (video->timing.frames == 0) {
    return unsupported("streams.single", "the video stream holds no frame", "give a video that plays");
  }
  if (video->width_px <= 0 || video->height_px <= 0) {
    return unsupported("video.side_min", "the size of the picture is unknown", "give a video that plays");
  }
  if (video->dolby_vision_profile == 5) {
    return unsupported("video.sdr", "Dolby Vision profile 5 has no base layer with ordinary colours",
                       "export it as HDR10, HLG or SDR");
  }
  return {};
}

Status require_picture(const MediaInfo& info) {
  if (info.kind == MediaKind::kVideo) {
    return unsupported("image.format", "this is a video, not a picture", "give a picture");
  }
  if (!info.image || info.image->width_px <= 0 || info.image->height_px <= 0) {
    return unsupported("image.box", "the size of the picture is unknown", "give a picture that opens");
  }
  return {};
}

Status require_usable_sound(const MediaInfo& info) {
  const AudioStreamInfo* audio = info.chosen_audio_stream();
  if (audio == nullptr || !audio->codec.empty()) return {};
  return unsupported("audio.codec",
                     fmt::format("the sound is in {}, which nothing here can decode", codec_text("", audio->tag)),
                     "convert the sound to AAC with the program that made it");
}

Status require_fixable(const std::vector<Finding>& findings) {
  const auto hopeless = std::ranges::find_if(findings, [](const Finding& finding) {
    return finding.severity == Severity::kMust && !finding.fixable && !is_about_length(finding);
  });
  if (hopeless == findings.end()) return {};
  Error error;
  error.code = code_of(*hopeless);
  error.message = hopeless->message;
  error.rule = hopeless->rule;
  error.measured = hopeless->measured;
  error.limit = hopeless->limit;
  error.unit = hopeless->unit;
  error.fix = hopeless->fix;
  return fail(std::move(error));
}

}  // namespace tokprep
