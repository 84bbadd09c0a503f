#include "codecs/av/rewrite_mp4.h"

#include <string>

#include "codecs/av/demuxer.h"
#include "codecs/mp4/rewrite.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

/// Both streams stay as they are, from one end to the other.
bool only_copies(const TranscodeJob& job) {
  const bool copies = job.video.action == StreamAction::kCopy && job.audio.action != StreamAction::kEncode;
  const bool whole = !job.end_us && !job.hold_to_us && !job.loop_to_us && !job.seek;
  return copies && whole && !job.video.tag_bt709 && !job.keep_metadata && !job.compare;
}

std::optional<std::uint32_t> track_of(const AVFormatContext& format, int stream_index) {
  if (stream_index < 0 || stream_index >= static_cast<int>(format.nb_streams)) return std::nullopt;
  const int id = format.streams[stream_index]->id;
  return id > 0 ? std::optional(static_cast<std::uint32_t>(id)) : std::nullopt;
}

/// FFmpeg's numbers are the standard's; a name it does not know is left unspecified.
std::uint16_t code_point(int number) {
  constexpr std::uint16_t kUnspecified = 2;
  return number < 0 ? kUnspecified : static_cast<std::uint16_t>(number);
}

mp4::CodedColour coded(const ColourInfo& colour) {
  return {code_point(av_color_primaries_from_name(colour.primaries.c_str())),
          code_point(av_color_transfer_from_name(colour.transfer.c_str())),
          code_point(av_color_space_from_name(colour.matrix.c_str())), colour.range == "pc"};
}

std::optional<mp4::RewriteRequest> request_of(const TranscodeJob& job) {
  // Opened as far as its index, which is where stream numbers come from; no packet is read.
  const Result<InputPtr> opened = open_input(job.input, "mov", {});
  if (!opened) return std::nullopt;
  const AVFormatContext& format = **opened;
  const auto video_track = track_of(format, job.video.stream_index);
  if (!video_track) return std::nullopt;
  mp4::RewriteRequest request;
  request.source = job.input;
  request.output = job.output;
  request.video_track = *video_track;
  if (job.audio.action == StreamAction::kCopy) {
    request.audio_track = track_of(format, job.audio.stream_index);
    if (!request.audio_track) return std::nullopt;
  }
  request.start_us = job.start_us;
  request.frame_rate = job.video.frame_rate;
  request.colour = coded(job.video.colour);
  return request;
}

}  // namespace

Result<std::optional<TranscodeResult>> rewrite_mp4(const TranscodeJob& job, const RunContext& run) {
  if (!only_copies(job)) return std::nullopt;
  const auto request = request_of(job);
  if (!request) return std::nullopt;
  TOKPREP_ASSIGN(const mp4::RewriteOutcome outcome, mp4::rewrite(*request, run));
  if (!outcome.done) return std::nullopt;
  TranscodeResult result;
  result.size_bytes = outcome.done->size_bytes;
  result.video_frames_out = outcome.done->video_samples;
  result.audio_samples_out = outcome.done->audio_samples;
  return result;
}

}  // namespace tokprep::av
