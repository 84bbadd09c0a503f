#include "codecs/thumbnail.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/units.h"
#include "codecs/av/av_error.h"
#include "codecs/av/cover_tap.h"
#include "codecs/av/decoder.h"
#include "codecs/av/demuxer.h"

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

/// Decodes from the demuxer's position until the tap has its frame. False when the first frame that came out
/// is already later than the one wanted: the seek went too far.
Result<bool> feed(Demuxer& demuxer, Decoder& decoder, CoverTap& tap, const ThumbnailJob& job, const RunContext& run) {
  const AVRational clock = demuxer.stream(job.stream_index).time_base;
  bool settled = false;
  std::optional<std::int64_t> first_at;
  const auto offer = [&](FramePtr frame) -> Status {
    const std::int64_t at = av_rescale_q(frame->best_effort_timestamp, clock, kMicroseconds) - job.start_us;
    if (!first_at) first_at = at;
    settled = settled || tap.offer(*frame, at);
    return {};
  };
  const PacketPtr packet(av_packet_alloc());
  while (!settled) {
    TOKPREP_TRY(run.check_stop());
    TOKPREP_ASSIGN(const bool more, demuxer.read(*packet));
    if (!more) {
      TOKPREP_TRY(decoder.push(nullptr, offer));
      break;
    }
    if (packet->stream_index != job.stream_index) continue;
    const std::int64_t at = av_rescale_q(packet->pts, clock, kMicroseconds) - job.start_us;
    decoder.skip_non_reference(packet->pts != AV_NOPTS_VALUE && at + kDecodeAllWithinUs < job.at_us);
    TOKPREP_TRY(decoder.push(packet.get(), offer));
  }
  return first_at && *first_at <= job.at_us;
}

/// One try: opens the file, goes `margin_us` before the offset (to the start where there is none), decodes.
Result<bool> try_from(std::optional<std::int64_t> margin_us, const ThumbnailJob& job, std::optional<CoverTap>& tap,
                      const RunContext& run) {
  TOKPREP_ASSIGN(Demuxer demuxer, Demuxer::open(job.input, run.stop));
  if (job.stream_index < 0 || job.stream_index >= demuxer.stream_count()) {
    return fail(ErrorCode::kUnsupportedInput, job.input + " has no video stream to take a frame from");
  }
  demuxer.select({job.stream_index});
  if (margin_us && !demuxer.seek_before(job.stream_index, job.start_us + job.at_us - *margin_us)) return false;
  TOKPREP_ASSIGN(Decoder decoder, Decoder::open(demuxer.stream(job.stream_index), 0));
  tap.emplace(job, demuxer.stream(job.stream_index).time_base);
  return feed(demuxer, decoder, *tap, job, run);
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
    TOKPREP_ASSIGN(const bool found, try_from(margin_us, job, tap, run));
    if (found) break;
  }
  return tap->finish();
}

}  // namespace tokprep
