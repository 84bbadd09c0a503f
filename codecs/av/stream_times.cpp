#include "codecs/av/stream_times.h"

#include <algorithm>

#include "codecs/av/stream_clock.h"

namespace tokprep::av {
namespace {

bool is_timed(const AVStream& stream) {
  const AVMediaType type = stream.codecpar->codec_type;
  const bool picture = (stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0;
  return (type == AVMEDIA_TYPE_VIDEO && !picture) || type == AVMEDIA_TYPE_AUDIO;
}

/// Reads to the end, handing each packet of a timed stream to its clock.
Status read_all(Demuxer& demuxer, const RunContext& run, std::vector<std::optional<StreamClock>>& clocks) {
  constexpr int kReportEveryPackets = 512;
  constexpr std::int64_t kReportEveryBytes = 32'000'000;  // pictures that are not compressed
  std::int64_t told_at = 0;
  const PacketPtr packet(av_packet_alloc());
  if (packet == nullptr) return fail(ErrorCode::kIo, "out of memory");
  const std::int64_t size = demuxer.format().pb == nullptr ? 0 : avio_size(demuxer.format().pb);
  for (int count = 1;; ++count) {
    TOKPREP_TRY(run.check_stop());
    TOKPREP_ASSIGN(const bool more, demuxer.read(*packet));
    if (!more) return {};
    const auto index = static_cast<std::size_t>(packet->stream_index);
    // Transport streams may come up with further streams on the way.
    if (index < clocks.size() && clocks[index]) clocks[index]->take(*packet);
    const bool is_due = count % kReportEveryPackets == 0 || packet->pos - told_at >= kReportEveryBytes;
    if (is_due && size > 0 && packet->pos > 0) {
      told_at = packet->pos;
      run.report("probe", static_cast<double>(packet->pos) / static_cast<double>(size));
    }
  }
}

StreamTimes from_presentation(const mp4::Presentation& shown, const mp4::Track& track) {
  StreamTimes times;
  times.time_base = {1, track.timescale};
  times.size_bytes = shown.size_bytes;
  times.frames.reserve(shown.frames.size());
  for (const mp4::PresentedFrame& frame : shown.frames) times.frames.push_back({frame.pts, frame.key});
  times.start = std::ranges::min(times.frames, std::ranges::less{}, &FrameTime::pts).pts;
  times.end = shown.end;
  return times;
}

/// The share of a track's bytes that its edit list presents.
std::uint64_t part_of(std::uint64_t bytes, std::uint64_t shown, std::uint64_t all) {
  if (all == 0) return bytes;
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * static_cast<double>(shown) / static_cast<double>(all));
}

std::optional<StreamTimes> track_times(const mp4::Track& track, const mp4::Mp4Index& index) {
  if (track.is_video()) {
    const auto shown = mp4::presentation_times(track, index);
    return shown ? std::optional(from_presentation(*shown, track)) : std::nullopt;
  }
  const auto span = mp4::presented_span(track, index);
  if (!span) return std::nullopt;
  StreamTimes times;
  times.time_base = {1, track.timescale};
  times.size_bytes = part_of(track.samples.total_bytes(), static_cast<std::uint64_t>(span->end - span->start),
                             static_cast<std::uint64_t>(track.samples.duration()));
  times.start = span->start;
  times.end = span->end;
  return times;
}

}  // namespace

std::optional<std::int64_t> StreamTimes::start_us() const {
  if (!start) return std::nullopt;
  return av_rescale(*start, time_base.num * 1'000'000, time_base.den);
}

std::optional<std::int64_t> StreamTimes::duration_us() const {
  if (!start || !end) return std::nullopt;
  return av_rescale(*end - *start, time_base.num * 1'000'000, time_base.den);
}

Result<std::vector<StreamTimes>> read_stream_times(Demuxer& demuxer, const RunContext& run) {
  std::vector<std::optional<StreamClock>> clocks(static_cast<std::size_t>(demuxer.stream_count()));
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    AVStream& stream = demuxer.stream(static_cast<int>(i));
    if (is_timed(stream)) clocks[i].emplace(demuxer.format(), stream);
    else stream.discard = AVDISCARD_ALL;
  }
  TOKPREP_TRY(read_all(demuxer, run, clocks));
  std::vector<StreamTimes> times(clocks.size());
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    if (clocks[i]) times[i] = clocks[i]->finish();
  }
  return times;
}

std::optional<std::vector<StreamTimes>> index_stream_times(const AVFormatContext& format, const mp4::Mp4Index& index) {
  if (index.fragmented || mp4::samples_outside_file(index) > 0) return std::nullopt;
  std::vector<StreamTimes> times(format.nb_streams);
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& stream = *format.streams[i];
    if (!is_timed(stream)) continue;
    const auto has_id = [&](const mp4::Track& track) { return track.id == static_cast<std::uint32_t>(stream.id); };
    if (std::ranges::count_if(index.tracks, has_id) != 1) return std::nullopt;
    auto track = track_times(*std::ranges::find_if(index.tracks, has_id), index);
    if (!track) return std::nullopt;
    times[i] = std::move(*track);
  }
  return times;
}

}  // namespace tokprep::av
