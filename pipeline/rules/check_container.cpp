#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/rules/check_parts.h"

namespace tokprep {
namespace {

const Cure kRemux{true, "remuxed into a fresh MP4"};
const Cure kPlayOut{true, "what the edits cut is encoded again as they show it"};

/// A file that lost more of its samples than this is refused rather than repaired.
constexpr double kSmallLoss = 0.02;

std::string index_word(IndexPlace index) { return index == IndexPlace::kUnknown ? "" : std::string(name_of(index)); }

void check_intact(const MediaInfo& info, Judge& judge) {
  const auto outside = info.container.samples_outside_file;
  if (!outside && !is_iso_media(info.container)) return;  // only an index can place samples outside the file
  const VideoStreamInfo* video = info.chosen_video_stream();
  const double frames = video != nullptr ? static_cast<double>(video->timing.frames.value_or(0)) : 0;
  const bool small = !outside || static_cast<double>(*outside) <= frames * kSmallLoss;
  const Cure cure = small ? Cure{true, "remuxed without the samples that are missing"}
                          : Cure{false, "the file is cut: get a whole copy of it"};
  judge.at_most("container.intact", outside ? std::optional(static_cast<double>(*outside)) : std::nullopt,
                "the number of samples that the index places outside the file", cure);
}

/// True where the edits of a stream that is used cannot be kept without decoding it.
bool cuts_streams(const MediaInfo& info) {
  const VideoStreamInfo* video = info.chosen_video_stream();
  const AudioStreamInfo* audio = info.chosen_audio_stream();
  return (video != nullptr && video->cut_by_edits) || (audio != nullptr && audio->cut_by_edits);
}

void check_box(const MediaInfo& info, Judge& judge) {
  const ContainerInfo& box = info.container;
  judge.one_of("container.format", box.format, "the container", kRemux);
  if (is_iso_media(box)) {  // other containers have no such index, and are remuxed anyway
    judge.one_of("container.index_first", index_word(box.index), "the index", kRemux);
    judge.one_of("container.not_fragmented", box.fragmented ? "fragmented" : "whole", "the MP4", kRemux);
    if (box.edit_lists && !judge.permits("container.no_edit_lists", "present")) {
      judge.broken("container.no_edit_lists", "present", "an edit list trims or delays a track",
                   cuts_streams(info) ? kPlayOut : kRemux);
    }
  }
  check_intact(info, judge);
  const auto start = seconds(info.start_us);
  judge.at_most("media.start_zero", start ? std::optional(std::abs(*start)) : std::nullopt,
                "the distance of the first sample from 0", kRemux);
  judge.at_most("media.size_max", static_cast<double>(info.size_bytes), "the file's size",
                {true, "the picture is encoded again under a bit rate that fits"});
}

std::string counted(std::size_t count, std::string_view what) {
  return count == 1 ? std::string(what) : fmt::format("{} {}", count, what);
}

/// "video+audio", "2 video+audio+2 data": what the file holds, in one word.
std::string stream_word(const MediaInfo& info) {
  std::vector<std::string> parts;
  if (!info.video.empty()) parts.push_back(counted(info.video.size(), "video"));
  if (!info.audio.empty()) parts.push_back(counted(info.audio.size(), "audio"));
  for (const auto& [kind, name] : EnumNames<OtherStreamKind>::kTable) {
    const auto count = std::ranges::count(info.other, kind, &OtherStreamInfo::kind);
    if (count > 0) parts.push_back(counted(static_cast<std::size_t>(count), name));
  }
  return fmt::format("{}", fmt::join(parts, "+"));
}

void check_streams(const MediaInfo& info, Judge& judge) {
  const Cure cure = info.chosen_video >= 0 ? Cure{true, "only the chosen picture and sound are kept"}
                                           : Cure{false, "there is no video to post in it"};
  judge.one_of("streams.single", stream_word(info), "the set of streams", cure);
}

void check_duration(const MediaInfo& info, Judge& judge) {
  const auto duration = seconds(info.duration_us);
  judge.at_least("video.duration_min", duration, "the duration", {false, "--too-short hold"});
  if (duration) judge.at_most("video.duration_max", duration, "the duration", {false, "--too-long trim"});
}

}  // namespace

std::optional<double> seconds(std::optional<std::int64_t> time_us) {
  if (!time_us) return std::nullopt;
  return static_cast<double>(*time_us) / 1e6;
}

bool is_iso_media(const ContainerInfo& container) {
  return container.format == "mp4" || container.format == "mov" || container.format == "3gp";
}

void check_container(const MediaInfo& info, Judge& judge) {
  check_box(info, judge);
  check_streams(info, judge);
  check_duration(info, judge);
}

}  // namespace tokprep
