#include "codecs/av/stream_times.h"

#include <algorithm>
#include <limits>
#include <ranges>

#include "codecs/av/packet_clock.h"

namespace tokprep::av {
namespace {

constexpr std::int64_t kUnknown = AV_NOPTS_VALUE;

struct TimedPacket {
  std::int64_t pts = kUnknown;
  std::int64_t dts = kUnknown;
  std::int64_t duration = 0;
  bool key = false;
  bool second_field = false;
};

/// Collects the packets of one stream.
class StreamClock {
 public:
  StreamClock(const AVFormatContext& format, const AVStream& stream)
      : stream_(stream), fields_(FieldPairs::for_stream(format, stream)) {}

  void take(const AVPacket& packet) {
    size_bytes_ += static_cast<std::uint64_t>(packet.size);
    has_alpha_layer_ = has_alpha_layer_ || carries_alpha(stream_, packet);
    // A packet that the end of the file cut is no whole frame.
    if ((packet.flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT)) != 0 || is_hidden_frame(stream_, packet)) return;
    if (is_video()) take_frame(packet);
    else take_sound(packet);
  }

  StreamTimes finish() {
    StreamTimes times;
    times.time_base = {stream_.time_base.num, stream_.time_base.den};
    times.size_bytes = size_bytes_;
    times.has_alpha_layer = has_alpha_layer_;
    if (is_video()) {
      fill_in_times();
      finish_video(times);
    } else {
      times.start = sound_start_;
      times.end = sound_end_;
      // Sound that only primes the decoder lies before the start that the demuxer worked out.
      const std::int64_t declared = stream_.start_time;
      if (sound_start_ && declared != kUnknown && declared < *sound_end_)
        times.start = std::max(*sound_start_, declared);
    }
    return times;
  }

 private:
  [[nodiscard]] bool is_video() const { return stream_.codecpar->codec_type == AVMEDIA_TYPE_VIDEO; }

  void take_frame(const AVPacket& packet) {
    const bool second_field = fields_ && fields_->is_second_field(packet);
    packets_.push_back({packet.pts, packet.dts, packet.duration, (packet.flags & AV_PKT_FLAG_KEY) != 0, second_field});
  }

  void take_sound(const AVPacket& packet) {
    std::int64_t time = packet.pts != kUnknown ? packet.pts : packet.dts;
    if (time == kUnknown) time = sound_end_.value_or(0);
    const SkippedTicks skipped = skipped_ticks(stream_, packet);
    const std::int64_t start = time + skipped.start;
    const std::int64_t end = time + packet.duration - skipped.end;
    if (!sound_start_ || start < *sound_start_) sound_start_ = start;
    if (!sound_end_ || end > *sound_end_) sound_end_ = end;
  }

  /// Formats such as AVI give decoding times only, some streams give presentation times now and then. Decoding
  /// times are as far apart as presentation times, so where any is missing they stand for all, moved to start
  /// where the presentation starts.
  void fill_in_times() {
    if (std::ranges::none_of(packets_, [](const TimedPacket& packet) { return packet.pts == kUnknown; })) return;
    fill_in_decoding_times();
    std::int64_t first_pts = std::numeric_limits<std::int64_t>::max();
    for (const TimedPacket& packet : packets_) {
      if (packet.pts != kUnknown) first_pts = std::min(first_pts, packet.pts);
    }
    const std::int64_t first_dts = packets_.front().dts;
    const bool known = first_pts != std::numeric_limits<std::int64_t>::max();
    for (TimedPacket& packet : packets_) packet.pts = packet.dts + (known ? first_pts - first_dts : 0);
  }

  void fill_in_decoding_times() {
    const AVRational rate = stream_.avg_frame_rate.num > 0 ? stream_.avg_frame_rate : stream_.r_frame_rate;
    const std::int64_t step =
        rate.num > 0 ? std::max<std::int64_t>(1, av_rescale_q(1, av_inv_q(rate), stream_.time_base)) : 1;
    std::int64_t next = 0;
    for (TimedPacket& packet : packets_) {
      if (packet.dts == kUnknown) packet.dts = packet.pts != kUnknown ? std::max(packet.pts, next) : next;
      next = packet.dts + (packet.duration > 0 ? packet.duration : step);
    }
  }

  void finish_video(StreamTimes& times) const {
    for (const TimedPacket& packet : packets_) {
      if (!packet.second_field) times.frames.push_back({packet.pts, packet.key});
    }
    if (times.frames.empty()) return;
    const auto [first, last] = std::ranges::minmax(times.frames, std::ranges::less{}, &FrameTime::pts);
    times.start = first.pts;
    const auto gaps = static_cast<std::int64_t>(times.frames.size()) - 1;
    const std::int64_t mean_gap = gaps > 0 ? (last.pts - first.pts + gaps / 2) / gaps : 0;
    std::int64_t end = last.pts;
    for (const TimedPacket& packet : packets_) end = std::max(end, packet.pts + packet.duration);
    // Durations of packets are often guessed from a rate the header invents (600 fps); a last frame that would
    // go after half a gap is taken to stay a whole one.
    times.end = end - last.pts < mean_gap / 2 ? last.pts + mean_gap : end;
  }

  const AVStream& stream_;
  std::optional<FieldPairs> fields_;
  std::vector<TimedPacket> packets_;
  std::optional<std::int64_t> sound_start_, sound_end_;
  std::uint64_t size_bytes_ = 0;
  bool has_alpha_layer_ = false;
};

bool is_timed(const AVStream& stream) {
  const AVMediaType type = stream.codecpar->codec_type;
  const bool picture = (stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0;
  return (type == AVMEDIA_TYPE_VIDEO && !picture) || type == AVMEDIA_TYPE_AUDIO;
}

/// Reads to the end, handing each packet of a timed stream to its clock.
Status read_all(Demuxer& demuxer, const RunContext& run, std::vector<std::optional<StreamClock>>& clocks) {
  constexpr int kReportEveryPackets = 512;
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
    if (count % kReportEveryPackets == 0 && size > 0 && packet->pos > 0) {
      run.report("probe", static_cast<double>(packet->pos) / static_cast<double>(size));
    }
  }
}

StreamTimes from_presentation(const mp4::Presentation& shown, const mp4::Track& track) {
  StreamTimes times;
  times.time_base = {1, track.timescale};
  times.size_bytes = track.samples.total_bytes();
  times.frames.reserve(shown.frames.size());
  for (const mp4::PresentedFrame& frame : shown.frames) times.frames.push_back({frame.pts, frame.key});
  times.start = std::ranges::min(times.frames, std::ranges::less{}, &FrameTime::pts).pts;
  times.end = shown.end;
  return times;
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
  times.size_bytes = track.samples.total_bytes();
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
