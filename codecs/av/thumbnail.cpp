#include "codecs/thumbnail.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <thread>

#include "base/units.h"
#include "codecs/av/av_error.h"
#include "codecs/av/cover_tap.h"
#include "codecs/av/decoder.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/packets_ahead.h"

namespace tokprep {
namespace {

using namespace av;

// Non-reference frames change no other picture, so they are skipped until this close before the target.
constexpr std::int64_t kDecodeAllWithinUs = 500'000;

Status check_job(const ThumbnailJob& job) {
  if (job.picture.width_px <= 0 || job.picture.height_px <= 0) {
    return fail(ErrorCode::kInternal, "a thumbnail job must say how large the picture is to be");
  }
  if (job.at_us >= 0 && (!job.duration_us || job.at_us < *job.duration_us)) return {};
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.file = job.input;
  error.measured = job.at_us / 1000;
  error.unit = "ms";
  if (job.duration_us) error.limit = *job.duration_us / 1000;
  error.message = job.at_us < 0 ? "a thumbnail offset cannot be negative"
                                : fmt::format("thumbnail offset {} ms is past the end: the video lasts {} ms",
                                              job.at_us / 1000, *job.duration_us / 1000);
  error.fix = "choose an offset inside the video";
  return fail(std::move(error));
}

/// The decoder pays for each of its threads with a picture's memory and a start: few frames are not worth it.
int threads_for(const PacketsAhead::Sight& sight) {
  constexpr int kPacketsAThread = 4;
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if (sight.kind != PacketsAhead::Sight::Kind::kFrame) return cores;
  return std::clamp(sight.packets / kPacketsAThread, 1, cores);
}

/// Decodes packets until the tap has its frame.
class FrameHunt {
 public:
  FrameHunt(const ThumbnailJob& job, AVRational clock, Decoder& decoder, CoverTap& tap)
      : job_(job), clock_(clock), decoder_(decoder), tap_(tap) {}

  /// Only the frame shown at `pts` is wanted: true when it came out. The others that nothing refers to are skipped,
  /// and so is all that follows it.
  Result<bool> run_to(std::int64_t pts, PacketsAhead& packets, const RunContext& run) {
    bool found = false;
    const auto offer = [&](FramePtr frame) -> Status {
      found = found || frame->best_effort_timestamp == pts;
      tap_.offer(*frame, at_us(frame->best_effort_timestamp));
      return {};
    };
    const PacketPtr packet(av_packet_alloc());
    for (bool sent = false; !sent;) {
      TOKPREP_TRY(run.check_stop());
      TOKPREP_ASSIGN(const bool more, packets.next(*packet));
      if (!more) break;
      sent = packet->pts == pts;
      report(*packet, run);
      decoder_.skip_non_reference(!sent);
      TOKPREP_TRY(decoder_.push(packet.get(), offer));
    }
    TOKPREP_TRY(decoder_.push(nullptr, offer));
    return found;
  }

  /// Nothing is known: decodes until a frame after the instant comes out. False when the first one is already later
  /// than that: the seek went too far.
  Result<bool> run_past(PacketsAhead& packets, const RunContext& run) {
    bool settled = false;
    std::optional<std::int64_t> first_at;
    const auto offer = [&](FramePtr frame) -> Status {
      const std::int64_t at = at_us(frame->best_effort_timestamp);
      if (!first_at) first_at = at;
      settled = settled || tap_.offer(*frame, at);
      return {};
    };
    const PacketPtr packet(av_packet_alloc());
    while (!settled) {
      TOKPREP_TRY(run.check_stop());
      TOKPREP_ASSIGN(const bool more, packets.next(*packet));
      if (!more) {
        TOKPREP_TRY(decoder_.push(nullptr, offer));
        break;
      }
      report(*packet, run);
      const bool far = packet->pts != AV_NOPTS_VALUE && at_us(packet->pts) + kDecodeAllWithinUs < job_.at_us;
      decoder_.skip_non_reference(far);
      TOKPREP_TRY(decoder_.push(packet.get(), offer));
    }
    return first_at && *first_at <= job_.at_us;
  }

 private:
  void report(const AVPacket& packet, const RunContext& run) const {
    if (packet.pts == AV_NOPTS_VALUE || job_.at_us == 0) return;
    run.report("thumbnail",
               std::clamp(static_cast<double>(at_us(packet.pts)) / static_cast<double>(job_.at_us), 0.0, 1.0));
  }

  [[nodiscard]] std::int64_t at_us(std::int64_t pts) const {
    return av_rescale_q(pts, clock_, kMicroseconds) - job_.start_us;
  }

  const ThumbnailJob& job_;
  AVRational clock_;
  Decoder& decoder_;
  CoverTap& tap_;
};

enum class Outcome {
  kTaken,
  kTooLate,  ///< what comes from there is shown later
  kMissing,  ///< the frame that the packets promised did not come out
};

/// One try: opens the file, goes `margin_us` before the offset (to the start where there is none), decodes.
/// `look_ahead`: asks the packets first which frame is wanted.
Result<Outcome> try_from(std::optional<std::int64_t> margin_us, bool look_ahead, const ThumbnailJob& job,
                         std::optional<CoverTap>& tap, const RunContext& run) {
  using Kind = PacketsAhead::Sight::Kind;
  TOKPREP_ASSIGN(Demuxer demuxer, Demuxer::open(job.input, run.stop));
  if (job.stream_index < 0 || job.stream_index >= demuxer.stream_count()) {
    return fail(ErrorCode::kUnsupportedInput, job.input + " has no video stream to take a frame from");
  }
  const std::int64_t at_us = job.start_us + job.at_us;
  const AVStream& stream = demuxer.stream(job.stream_index);
  demuxer.select({job.stream_index});
  if (margin_us && !demuxer.seek_before(job.stream_index, at_us - *margin_us)) return Outcome::kTooLate;
  PacketsAhead packets(demuxer, job.stream_index);
  PacketsAhead::Sight sight;
  if (look_ahead) {
    TOKPREP_ASSIGN(sight, packets.look(at_us, run));
  }
  if (sight.kind == Kind::kTooLate && margin_us) return Outcome::kTooLate;
  TOKPREP_ASSIGN(Decoder decoder, Decoder::open(stream, threads_for(sight)));
  tap.emplace(job, stream.time_base);
  FrameHunt hunt(job, stream.time_base, decoder, *tap);
  if (sight.kind == Kind::kFrame) {
    TOKPREP_ASSIGN(const bool found, hunt.run_to(sight.pts, packets, run));
    return found ? Outcome::kTaken : Outcome::kMissing;
  }
  TOKPREP_ASSIGN(const bool found, hunt.run_past(packets, run));
  return found ? Outcome::kTaken : Outcome::kTooLate;
}

}  // namespace

Result<ThumbnailResult> extract_thumbnail(const ThumbnailJob& job, const RunContext& run) {
  TOKPREP_TRY(check_job(job));
  // Indexes are sorted by decoding time, so a seek may land on a key frame that is shown after the offset:
  // go further back then, and from the very start at last (also for formats that cannot seek).
  static constexpr std::array<std::optional<std::int64_t>, 3> kMargins = {0, 4'000'000, std::nullopt};
  std::optional<CoverTap> tap;
  for (const auto& margin_us : kMargins) {
    if (margin_us && job.at_us == 0) continue;  // already there
    TOKPREP_ASSIGN(Outcome outcome, try_from(margin_us, job.at_us > 0, job, tap, run));
    // Where the frame itself is damaged, the last one before it that can be decoded is what there is to see.
    if (outcome == Outcome::kMissing) {
      TOKPREP_ASSIGN(outcome, try_from(margin_us, false, job, tap, run));
    }
    if (outcome == Outcome::kTaken) break;
  }
  return tap->finish();
}

}  // namespace tokprep
