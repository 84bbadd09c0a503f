#include "codecs/transcode.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "codecs/av/av_error.h"
#include "codecs/av/cover_tap.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/muxer.h"
#include "codecs/av/stream_path.h"

namespace tokprep {
namespace {

using namespace av;

constexpr std::chrono::milliseconds kReportEvery{100};

/// Reports at most ten times a second.
class Meter {
 public:
  Meter(const TranscodeJob& job, const RunContext& run)
      : run_(run),
        expected_us_(job.expected_duration_us),
        stage_(job.video.action == StreamAction::kEncode || job.audio.action == StreamAction::kEncode ? "transcode"
                                                                                                      : "remux") {}

  void at(std::int64_t position_us) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < kReportEvery) return;
    last_ = now;
    const double done = expected_us_ > 0 ? static_cast<double>(position_us) / static_cast<double>(expected_us_) : 0;
    run_.report(stage_, std::clamp(done, 0.0, 1.0));
  }

 private:
  const RunContext& run_;
  std::int64_t expected_us_;
  std::string stage_;
  std::chrono::steady_clock::time_point last_{};
};

struct Paths {
  std::unique_ptr<StreamPath> video;
  std::unique_ptr<StreamPath> audio;

  [[nodiscard]] bool done() const { return (!video || video->done()) && (!audio || audio->done()); }
  [[nodiscard]] std::int64_t position_us() const { return video ? video->position_us() : audio->position_us(); }
};

Result<Paths> make_paths(const TranscodeJob& job, const Demuxer& demuxer, CoverTap* cover, Mp4Muxer& muxer) {
  Paths paths;
  if (job.video.action == StreamAction::kCopy) {
    TOKPREP_ASSIGN(paths.video, make_copy_path(demuxer.stream(job.video.stream_index), job, true, muxer));
  } else if (job.video.action == StreamAction::kEncode) {
    TOKPREP_ASSIGN(paths.video, make_video_path(demuxer.stream(job.video.stream_index), job, cover, muxer));
  }
  if (job.audio.action == StreamAction::kCopy) {
    TOKPREP_ASSIGN(paths.audio, make_copy_path(demuxer.stream(job.audio.stream_index), job, false, muxer));
  } else if (job.audio.action == StreamAction::kEncode) {
    TOKPREP_ASSIGN(paths.audio, make_audio_path(demuxer.stream(job.audio.stream_index), job, muxer));
  }
  return paths;
}

Status feed(const TranscodeJob& job, Demuxer& demuxer, Paths& paths, const RunContext& run) {
  Meter meter(job, run);
  const PacketPtr packet(av_packet_alloc());
  while (!paths.done()) {
    TOKPREP_TRY(run.check_stop());
    TOKPREP_ASSIGN(const bool more, demuxer.read(*packet));
    if (!more) break;
    StreamPath* path = packet->stream_index == job.video.stream_index   ? paths.video.get()
                       : packet->stream_index == job.audio.stream_index ? paths.audio.get()
                                                                        : nullptr;
    if (path != nullptr && !path->done()) TOKPREP_TRY(path->push(*packet));
    meter.at(paths.position_us());
  }
  if (paths.video) TOKPREP_TRY(paths.video->finish());
  if (paths.audio) TOKPREP_TRY(paths.audio->finish());
  return {};
}

TranscodeResult result_of(const Paths& paths, const Demuxer& demuxer) {
  TranscodeResult result;
  result.decode_errors = demuxer.damage();
  if (paths.video) {
    const PathCounts counts = paths.video->counts();
    result.video_frames_in = counts.frames_in;
    result.video_frames_out = counts.units_out;
    result.decode_errors += counts.decode_errors;
  }
  if (paths.audio) {
    const PathCounts counts = paths.audio->counts();
    result.audio_samples_out = counts.units_out;
    result.decode_errors += counts.decode_errors;
  }
  return result;
}

Status check_streams(const TranscodeJob& job, const Demuxer& demuxer) {
  const auto missing = [&](StreamAction action, int index) {
    return action != StreamAction::kNone && (index < 0 || index >= demuxer.stream_count());
  };
  if (missing(job.video.action, job.video.stream_index) || missing(job.audio.action, job.audio.stream_index)) {
    return fail(ErrorCode::kInternal, "the plan names a stream that " + job.input + " does not have");
  }
  if (job.video.action == StreamAction::kNone && job.audio.action == StreamAction::kNone) {
    return fail(ErrorCode::kInternal, "the plan makes nothing of " + job.input);
  }
  return {};
}

}  // namespace

Result<TranscodeResult> transcode(const TranscodeJob& job, const RunContext& run) {
  TOKPREP_ASSIGN(Demuxer demuxer, Demuxer::open(job.input, run.stop));
  TOKPREP_TRY(check_streams(job, demuxer));
  demuxer.select({job.video.stream_index, job.audio.stream_index});
  std::optional<CoverTap> cover;
  if (job.cover && job.video.action == StreamAction::kEncode) {
    cover.emplace(*job.cover, demuxer.stream(job.video.stream_index).time_base);
  }
  TOKPREP_ASSIGN(Mp4Muxer muxer, Mp4Muxer::create(job.output));
  TOKPREP_ASSIGN(Paths paths, make_paths(job, demuxer, cover ? &*cover : nullptr, muxer));
  TOKPREP_TRY(muxer.begin(job.keep_metadata ? demuxer.format().metadata : nullptr));
  TOKPREP_TRY(feed(job, demuxer, paths, run));
  TranscodeResult result = result_of(paths, demuxer);
  if (paths.video && result.video_frames_out == 0) {
    return fail(ErrorCode::kCorruptInput, job.input + ": not one video frame could be read");
  }
  TOKPREP_ASSIGN(result.size_bytes, muxer.finish());
  if (cover) {
    TOKPREP_ASSIGN(result.cover, cover->finish());
  }
  return result;
}

}  // namespace tokprep
