#include "pipeline/cli/probe_text.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "base/units.h"
#include "codecs/media_info.h"
#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string line(std::string_view label, const std::string& text) { return fmt::format("  {:<10} {}\n", label, text); }

std::string time_text(std::optional<std::int64_t> time_us) {
  return time_us ? format_duration(std::chrono::microseconds(*time_us)) : "length unknown";
}

std::string container_text(const MediaInfo& info) {
  const ContainerInfo& box = info.container;
  return joined({box.format, box.fragmented ? "fragmented" : "",
                 box.index == IndexPlace::kLast ? "index at the end" : "", box.edit_lists ? "edit lists" : "",
                 info.kind == MediaKind::kVideo ? time_text(info.duration_us) : "", format_size(info.size_bytes)});
}

std::string frames_text(const FrameTiming& timing) {
  if (!timing.rate) return "frame rate unknown";
  const std::string rate = format_number(timing.rate->value()) + " fps";
  if (timing.constant || !timing.shortest_gap_us || !timing.longest_gap_us) return rate;
  return fmt::format("{} on average, frames last {} to {} ms", rate,
                     format_number(static_cast<double>(*timing.shortest_gap_us) / 1000),
                     format_number(static_cast<double>(*timing.longest_gap_us) / 1000));
}

std::string video_text(const VideoStreamInfo& video) {
  const bool turned = video.rotation_deg != 0 || video.mirrored;
  const bool interlaced = video.field_order == FieldOrder::kTopFirst || video.field_order == FieldOrder::kBottomFirst;
  return joined(
      {video.codec + (video.profile.empty() ? "" : " " + video.profile),
       fmt::format("{}x{}", video.width_px, video.height_px),
       turned ? fmt::format("turned by {}°{}", video.rotation_deg, video.mirrored ? " and mirrored" : "") : "",
       video.sample_aspect == Rational{1, 1} ? "" : "pixels " + to_text(video.sample_aspect), frames_text(video.timing),
       interlaced ? "interlaced" : "", video.pixel_format,
       video.hdr == HdrKind::kSdr ? "" : fmt::format("HDR ({})", name_of(video.hdr)), video.alpha ? "transparent" : "",
       time_text(video.duration_us)});
}

std::string audio_text(const AudioStreamInfo& audio) {
  return joined({audio.codec + (audio.profile.empty() ? "" : " " + audio.profile),
                 audio.sample_rate_hz ? fmt::format("{} Hz", *audio.sample_rate_hz) : "", audio.layout, audio.language,
                 time_text(audio.duration_us)});
}

std::string image_text(const ImageInfo& image) {
  return joined({fmt::format("{}x{}", image.width_px, image.height_px), image.colour_space, image.icc_name,
                 image.bit_depth ? fmt::format("{} bits", *image.bit_depth) : "", image.alpha ? "transparent" : "",
                 image.orientation != 1 ? fmt::format("EXIF orientation {}", image.orientation) : "",
                 image.pages > 1 ? fmt::format("{} frames or pages", image.pages) : "",
                 image.hdr == HdrKind::kSdr ? "" : fmt::format("HDR ({})", name_of(image.hdr))});
}

std::string facts_text(const MediaInfo& info) {
  std::string text = line(info.kind == MediaKind::kVideo ? "container" : "file", container_text(info));
  if (info.image) text += line("image", image_text(*info.image));
  for (std::size_t i = 0; i < info.video.size(); ++i) {
    const bool unused = info.video.size() > 1 && static_cast<int>(i) != info.chosen_video;
    text += line("video", video_text(info.video[i]) + (unused ? " (not used)" : ""));
  }
  for (std::size_t i = 0; i < info.audio.size(); ++i) {
    const bool unused = info.audio.size() > 1 && static_cast<int>(i) != info.chosen_audio;
    text += line("audio", audio_text(info.audio[i]) + (unused ? " (not used)" : ""));
  }
  for (const OtherStreamInfo& other : info.other) {
    text += line("other", joined({std::string(name_of(other.kind)), other.codec}));
  }
  std::vector<std::string> names;
  for (const PrivateTag& tag : info.private_metadata) names.push_back(tag.name);
  if (!names.empty()) text += line("private", joined(names));
  for (const std::string& note : info.notes) text += line("odd", note);
  return text;
}

std::string with_unit(const Json& finding, const char* field) {
  std::string text = to_text(scalar_from_json(finding.value(field, Json())));
  if (const std::string unit = finding.value("unit", ""); !unit.empty()) text += " " + unit;
  return text;
}

std::string finding_text(const Json& finding) {
  return line(finding.value("severity", "must"),
              fmt::format("{}: measured {}, limit {}; {}", finding.value("rule", ""), with_unit(finding, "measured"),
                          with_unit(finding, "limit"), finding.value("fix", "")));
}

/// Each line on its own, so that the block's line breaks stay and those inside of names do not.
std::string shown_lines(std::string_view block) {
  std::string text;
  while (!block.empty()) {
    const std::size_t end = block.find('\n');
    text += shown(block.substr(0, end)) + "\n";
    block.remove_prefix(end == std::string_view::npos ? block.size() : end + 1);
  }
  return text;
}

}  // namespace

std::string probe_text(const Probed& probed) {
  std::string text = fmt::format("{}: {}\n", shown(probed.item), probed.line.value("verdict", ""));
  const auto info = parse_as<MediaInfo>(probed.line.value("facts", Json::object()), "facts");
  std::string block = info ? facts_text(*info) : "";
  for (const Json& finding : probed.line.value("findings", Json::array())) block += finding_text(finding);
  if (const Json error = probed.line.value("error", Json()); error.is_object()) {
    block += line("refused", error.value("message", ""));
    if (error.contains("fix")) block += line("try", error.value("fix", ""));
  } else {
    block += line("prepare", probed.line.value("summary", ""));
  }
  text += shown_lines(block);
  text.pop_back();  // who prints it ends the line
  return text;
}

}  // namespace tokprep::cli
