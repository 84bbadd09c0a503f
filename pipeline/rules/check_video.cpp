#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/colour.h"
#include "pipeline/rules/check_parts.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

const Cure kRemux{true, "remuxed into a fresh MP4"};
const Cure kEncodeVideo{true, "the picture is encoded again"};
const Cure kEncodeAudio{true, "the sound is encoded again"};

std::optional<double> if_positive(int value) {
  if (value <= 0) return std::nullopt;
  return value;
}

void check_even_sides(const VideoStreamInfo& video, Judge& judge) {
  const auto unit = std::max(1, static_cast<int>(judge.rules().number("video.even_sides")));
  for (const int side : {video.coded_width_px, video.coded_height_px}) {
    if (side % unit == 0) continue;
    judge.broken("video.even_sides", std::int64_t{side},
                 fmt::format("a side is {} px, not a multiple of {} px", side, unit), kEncodeVideo);
    return;
  }
}

void check_shape(const VideoStreamInfo& video, Judge& judge) {
  const Size size{video.width_px, video.height_px};
  const auto [shorter, longer] = std::minmax(size.width_px, size.height_px);
  judge.at_least("video.side_min", if_positive(shorter), "the shorter side", kEncodeVideo);
  if (longer > 0) judge.at_most("video.side_max", longer, "the longer side", kEncodeVideo);
  const auto& ratios = judge.rules().words("video.aspect");
  const bool permitted = std::ranges::any_of(ratios, [&](const std::string& word) {
    const auto ratio = parse_ratio(word);
    return ratio && has_ratio(size, *ratio);
  });
  if (!permitted && shorter > 0) {
    judge.broken("video.aspect", to_text(size),
                 fmt::format("the picture is {}, not {} within 1 %", to_text(size), joined_words(ratios)),
                 {true, "padded to the nearer shape; --fit crop cuts instead"});
  }
  check_even_sides(video, judge);
}

void check_frame_rate(const FrameTiming& timing, Judge& judge) {
  const auto rate = timing.rate ? std::optional(timing.rate->value()) : std::nullopt;
  judge.at_least("video.frame_rate_min", rate, "the frame rate", {true, "frames are repeated"});
  if (rate) judge.at_most("video.frame_rate_max", rate, "the frame rate", {true, "frames are left out evenly"});
  judge.one_of("video.frame_rate_constant", timing.constant ? "constant" : "variable", "the frame rate",
               {true, "made constant at the underlying rate"});
}

void check_codec(const VideoStreamInfo& video, const ContainerInfo& container, Judge& judge) {
  judge.one_of("video.codec", video.codec, "the video codec", kEncodeVideo);
  // yuvj420p is the same sampling; its full range is a matter of video.colour.
  const std::string& format = video.pixel_format;
  judge.one_of("video.profile", format == "yuvj420p" ? "yuv420p" : format, "the pixel format", kEncodeVideo);
  const bool taggable = video.codec == "h264" || video.codec == "hevc";
  if (taggable && is_iso_media(container)) judge.one_of("video.tag", video.tag, "the video track's tag", kRemux);
}

void check_field_order(const VideoStreamInfo& video, Judge& judge) {
  if (video.field_order == FieldOrder::kUnknown) {
    // H.264 says in every header whether fields may occur. In the other codecs frames are the rule and
    // fields are announced, so that nothing said means progressive.
    if (video.codec == "h264") {
      judge.broken("video.progressive", {}, "the field order is unknown, not progressive", kEncodeVideo);
    }
    return;
  }
  judge.one_of("video.progressive", std::string(name_of(video.field_order)), "the field order", {true, "deinterlaced"});
}

void check_orientation(const VideoStreamInfo& video, Judge& judge) {
  const Rational aspect = reduced(video.sample_aspect);
  const bool square = aspect.num == 0 || aspect.num == aspect.den;  // 0: the stream leaves it open, which is square
  judge.one_of("video.square_pixels", square ? "1:1" : fmt::format("{}:{}", aspect.num, aspect.den),
               "the shape of pixels", kEncodeVideo);
  const bool upright = video.rotation_deg == 0 && !video.mirrored;
  const std::string turned =
      fmt::format("rotated by {} degrees{}", video.rotation_deg, video.mirrored ? " and mirrored" : "");
  judge.one_of("video.upright", upright ? "upright" : turned, "the stored picture", {true, "turned upright"});
}

/// The pixels are bt709, but not every tag says so.
void check_tags(const ColourInfo& tags, Judge& judge) {
  const bool missing = tags.range.empty() || tags.transfer.empty() || tags.primaries.empty() || tags.matrix.empty();
  const std::string measured = missing ? "untagged" : tags.transfer;
  if (judge.permits("video.colour_tagged", measured)) return;
  judge.broken("video.colour_tagged", measured,
               missing ? "colour tags are missing; the picture is taken to be bt709 in limited range"
                       : fmt::format("the transfer curve is tagged {}, another name for that of bt709", measured),
               {true, "tagged as bt709; the picture is not touched"});
}

void check_colour(const VideoStreamInfo& video, Judge& judge) {
  judge.one_of("video.sdr", std::string(name_of(video.hdr)), "the dynamic range", {true, "tone-mapped to SDR"});
  if (video.hdr != HdrKind::kSdr) return;  // tone mapping brings the colours along
  const ColourState state = colour_state(video);
  const bool tagged = !video.colour.matrix.empty() || !video.colour.primaries.empty();
  if (state == ColourState::kOther) {
    judge.one_of("video.colour", to_text(filled_colour(video)),
                 tagged ? "the colour space" : "the colour space (untagged, told by the picture's size)",
                 {true, "converted to bt709 in limited range"});
  } else if (state == ColourState::kTagsWanted) {
    check_tags(video.colour, judge);
  }
}

void check_video_stream(const MediaInfo& info, const VideoStreamInfo& video, Judge& judge) {
  check_shape(video, judge);
  check_frame_rate(video.timing, judge);
  check_codec(video, info.container, judge);
  check_field_order(video, judge);
  check_orientation(video, judge);
  check_colour(video, judge);
  if (video.bit_rate_bps) {  // advice only: an unknown rate is no finding
    judge.at_most("video.bit_rate", static_cast<double>(*video.bit_rate_bps), "the video bit rate",
                  {false, "accepted as it is: more bits survive the service's own encoding better"});
  }
}

void check_audio_stream(const AudioStreamInfo& audio, Judge& judge) {
  const bool other_aac = audio.codec == "aac" && audio.profile != "LC";
  const std::string profile = audio.profile.empty() ? "of unknown profile" : audio.profile;
  judge.one_of("audio.codec", other_aac ? "aac " + profile : audio.codec, "the audio codec", kEncodeAudio);
  judge.one_of("audio.sample_rate", audio.sample_rate_hz ? std::to_string(*audio.sample_rate_hz) : "",
               "the sample rate in Hz", kEncodeAudio);
  judge.at_most("audio.channels_max", if_positive(audio.channels.value_or(0)), "the number of channels",
                {true, "mixed down to stereo"});
}

void check_sync(const VideoStreamInfo& video, const AudioStreamInfo& audio, Judge& judge) {
  const auto picture = seconds(video.start_us);
  const auto sound = seconds(audio.start_us);
  if (!picture || !sound) return;  // advice only
  judge.at_most("audio.sync", std::abs(*picture - *sound), "the distance between the starts of picture and sound",
                {false, "kept: it may be meant"});
}

}  // namespace

void check_video_file(const MediaInfo& info, Judge& judge) {
  check_container(info, judge);
  const VideoStreamInfo* video = info.chosen_video_stream();
  const AudioStreamInfo* audio = info.chosen_audio_stream();
  if (video != nullptr) check_video_stream(info, *video, judge);
  if (audio != nullptr) check_audio_stream(*audio, judge);
  if (video != nullptr && audio != nullptr) check_sync(*video, *audio, judge);
}

}  // namespace tokprep
