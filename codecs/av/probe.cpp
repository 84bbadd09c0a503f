#include "codecs/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/file_descriptor.h"
#include "base/units.h"
#include "codecs/av/container_facts.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/field_check.h"
#include "codecs/av/private_metadata.h"
#include "codecs/av/probe_streams.h"
#include "codecs/av/stream_times.h"
#include "codecs/mp4/mp4_index.h"
#include "codecs/presentation.h"
#include "codecs/sniff.h"

namespace tokprep {
namespace {

tl::unexpected<Error> refused(ErrorCode code, const std::filesystem::path& path, std::string_view why) {
  Error error;
  error.code = code;
  error.message = fmt::format("{}: {}", path.filename().string(), why);
  error.file = path.string();
  return fail(std::move(error));
}

/// What the first bytes rule out before any parser sees the file.
Status check_head(const std::filesystem::path& path, std::string_view head) {
  if (head.empty()) return refused(ErrorCode::kUnsupportedInput, path, "the file is empty");
  switch (sniff(head)) {
    case Sniffed::kText:
      return refused(ErrorCode::kUnsupportedInput, path, "not a media file: it holds text");
    case Sniffed::kImage:
      return refused(ErrorCode::kUnsupportedInput, path, "a still picture, not a video");
    default:
      return {};
  }
}

/// The index of ISO base media; nothing for other containers. Errors: as `mp4::read_index`.
Result<std::optional<mp4::Mp4Index>> index_of(const std::filesystem::path& path) {
  auto index = mp4::read_index(path);
  if (index) return std::optional(std::move(*index));
  if (index.error().code == ErrorCode::kUnsupportedInput) return std::nullopt;
  index.error().file = path.string();  // the reader knows the name alone
  return fail(std::move(index).error());
}

/// `recognised`: the first bytes are those of a container. To libav, damage and an unknown format are the same.
Result<av::Demuxer> open(const std::filesystem::path& path, bool recognised, std::stop_token stop) {
  auto demuxer = av::Demuxer::open(path, std::move(stop));
  if (demuxer) return demuxer;
  Error error = std::move(demuxer).error();
  if (!recognised && error.code == ErrorCode::kCorruptInput) {
    return refused(ErrorCode::kUnsupportedInput, path, "not a media file: its content is of no known format");
  }
  if (error.file.empty()) {
    error.message = fmt::format("{}: {}", path.filename().string(), error.message);
    error.file = path.string();
  }
  return fail(std::move(error));
}

/// The index where it tells all, else every packet.
Result<std::vector<av::StreamTimes>> times_of(av::Demuxer& demuxer, const std::optional<mp4::Mp4Index>& index,
                                              const RunContext& run) {
  if (index) {
    if (auto times = av::index_stream_times(demuxer.format(), *index)) return std::move(*times);
  }
  return av::read_stream_times(demuxer, run);
}

template <class StreamInfo>
void put_times(StreamInfo& stream, const av::StreamTimes& times) {
  stream.start_us = times.start_us();
  stream.duration_us = times.duration_us();
  if (stream.duration_us.value_or(0) > 0) {
    stream.bit_rate_bps =
        std::llround(static_cast<double>(times.size_bytes) * 8e6 / static_cast<double>(*stream.duration_us));
  }
}

void put_times(MediaInfo& info, std::vector<av::StreamTimes> times) {
  for (VideoStreamInfo& video : info.video) {
    av::StreamTimes& stream = times.at(static_cast<std::size_t>(video.index));
    put_times(video, stream);
    video.alpha = video.alpha || stream.has_alpha_layer;
    video.timing = av::measure_timing({std::move(stream.frames), stream.order_known, stream.end, stream.time_base});
  }
  for (AudioStreamInfo& audio : info.audio) put_times(audio, times.at(static_cast<std::size_t>(audio.index)));
}

/// The default stream, else the first; among videos only those that last: a motion photo keeps its still in
/// a track beside the clip, and often the larger one.
void choose_streams(MediaInfo& info) {
  std::int64_t longest_us = 0;
  for (const VideoStreamInfo& video : info.video) longest_us = std::max(longest_us, video.duration_us.value_or(0));
  const auto lasts = [&](const VideoStreamInfo& video) { return video.duration_us.value_or(0) * 2 >= longest_us; };
  const auto place_in = [](const auto& streams, auto found) {
    return found == streams.end() ? -1 : static_cast<int>(found - streams.begin());
  };
  auto video = std::ranges::find_if(info.video, [&](const auto& stream) { return stream.is_default && lasts(stream); });
  if (video == info.video.end()) video = std::ranges::find_if(info.video, lasts);
  info.chosen_video = place_in(info.video, video);
  auto audio = std::ranges::find(info.audio, true, &AudioStreamInfo::is_default);
  if (audio == info.audio.end()) audio = info.audio.begin();
  info.chosen_audio = place_in(info.audio, audio);
}

std::string in_words(std::int64_t us) { return format_number(static_cast<double>(us) / 1e6) + " s"; }

void note_duration(MediaInfo& info) {
  constexpr std::int64_t kNoticeableUs = 100'000;
  constexpr double kNoticeablePart = 0.02;
  if (!info.container.header_duration_us || !info.duration_us) return;
  const std::int64_t off_us = std::abs(*info.container.header_duration_us - *info.duration_us);
  if (off_us <= kNoticeableUs ||
      static_cast<double>(off_us) <= kNoticeablePart * static_cast<double>(*info.duration_us))
    return;
  info.notes.push_back(fmt::format("the header declares {}, the streams last {}",
                                   in_words(*info.container.header_duration_us), in_words(*info.duration_us)));
}

void note_choice(MediaInfo& info) {
  if (info.video.empty()) info.notes.emplace_back("there is no video stream that can be decoded");
  if (info.video.size() > 1) {
    const VideoStreamInfo& video = *info.chosen_video_stream();
    info.notes.push_back(fmt::format("{} video streams; stream {} is used ({} frames in {})", info.video.size(),
                                     video.index, video.timing.frames.value_or(0),
                                     in_words(video.duration_us.value_or(0))));
  }
  if (info.audio.size() > 1) {
    info.notes.push_back(
        fmt::format("{} audio streams; stream {} is used", info.audio.size(), info.chosen_audio_stream()->index));
  }
}

void note_index(const mp4::Mp4Index& index, MediaInfo& info) {
  info.notes.insert(info.notes.end(), index.oddities.begin(), index.oddities.end());
  for (const mp4::Track& track : index.tracks) {
    if (!track.damage.empty()) info.notes.push_back(fmt::format("track {} is damaged: {}", track.id, track.damage));
  }
  if (const std::int64_t outside = info.container.samples_outside_file.value_or(0); outside > 0) {
    info.notes.push_back(fmt::format("the file is cut off: its index places {} samples past the end", outside));
  }
}

}  // namespace

Result<MediaInfo> probe_video(const ProbeJob& job, const RunContext& run) {
  const std::filesystem::path path(job.input);
  TOKPREP_ASSIGN(const std::string head, read_head(path, kSniffBytes));
  TOKPREP_TRY(check_head(path, head));
  TOKPREP_ASSIGN(const auto index, index_of(path));
  TOKPREP_ASSIGN(av::Demuxer demuxer, open(path, sniff(head) == Sniffed::kVideo, run.stop));
  if (demuxer.stream_count() == 0) return refused(ErrorCode::kCorruptInput, path, "it holds no streams");

  MediaInfo info;
  TOKPREP_ASSIGN(info.size_bytes, size_of_file(path));
  info.container = av::describe_container(demuxer.format(), head, index);
  av::describe_streams(demuxer.format(), info);
  if (index) av::describe_edits(demuxer.format(), *index, info);
  TOKPREP_ASSIGN(auto times, times_of(demuxer, index, run));
  put_times(info, std::move(times));
  choose_streams(info);
  if (info.chosen_video >= 0) {
    VideoStreamInfo& video = info.video.at(static_cast<std::size_t>(info.chosen_video));
    TOKPREP_TRY(av::check_fields(demuxer, video, info.notes, run));
  }
  measure_presentation(info);
  if (index) info.private_metadata = index->private_metadata;
  av::collect_private_metadata(demuxer.format(), info.private_metadata);
  if (index) note_index(*index, info);
  note_choice(info);
  note_duration(info);
  return info;
}

}  // namespace tokprep
