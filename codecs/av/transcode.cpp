#include "codecs/transcode.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "codecs/av/av_error.h"
#include "codecs/av/cover_tap.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/gain.h"
#include "codecs/av/likeness.h"
#include "codecs/av/muxer.h"
#include "codecs/av/pass_files.h"
#include "codecs/av/rewrite_mp4.h"
#include "codecs/av/stream_path.h"
#include "codecs/av/verify_frames.h"

namespace tokprep {
namespace {

using namespace av;

constexpr std::chrono::milliseconds kReportEvery{100};

// Sound and picture do not stand side by side in the file: what belongs to a part may come a little earlier.
constexpr std::int64_t kSeekMarginUs = 1'000'000;

/// Reports at most ten times a second. Of two passes each is half of the work.
class Meter {
 public:
  Meter(const TranscodeJob& job, const RunContext& run, const EncodePass* pass)
      : run_(run),
        expected_us_(job.expected_duration_us),
        from_(pass != nullptr && pass->number == 2 ? 0.5 : 0.0),
        share_(pass != nullptr ? 0.5 : 1.0),
        stage_(job.video.action == StreamAction::kEncode || job.audio.action == StreamAction::kEncode ? "transcode"
                                                                                                      : "remux") {}

  void at(std::int64_t position_us) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < kReportEvery) return;
    last_ = now;
    const double done = expected_us_ > 0 ? static_cast<double>(position_us) / static_cast<double>(expected_us_) : 0;
    run_.report(stage_, from_ + share_ * std::clamp(done, 0.0, 1.0));
  }

 private:
  const RunContext& run_;
  std::int64_t expected_us_;
  double from_, share_;
  std::string stage_;
  std::chrono::steady_clock::time_point last_{};
};

struct Paths {
  std::unique_ptr<StreamPath> video;
  std::unique_ptr<StreamPath> audio;

  [[nodiscard]] bool done() const { return (!video || video->done()) && (!audio || audio->done()); }
  [[nodiscard]] std::int64_t position_us() const { return video ? video->position_us() : audio->position_us(); }

  Status begin_again(std::int64_t later_us) {
    if (video) TOKPREP_TRY(video->begin_again(later_us));
    if (audio) TOKPREP_TRY(audio->begin_again(later_us));
    return {};
  }

  Status finish() {
    if (video) TOKPREP_TRY(video->finish(std::nullopt));
    if (audio) TOKPREP_TRY(audio->finish(video ? video->end_us() : std::nullopt));
    return {};
  }
};

bool has_source(const AudioRecipe& audio) { return audio.action != StreamAction::kNone && audio.stream_index >= 0; }

/// Silence is made of nothing, and ends with the picture: it never has to wait for its own packets.
bool is_silence(const AudioRecipe& audio) { return audio.action == StreamAction::kEncode && audio.stream_index < 0; }

Result<Paths> make_paths(const TranscodeJob& job, const Demuxer& demuxer, const VideoTaps& taps, Gain* gain,
                         Mp4Muxer& muxer) {
  Paths paths;
  if (job.video.action == StreamAction::kCopy) {
    TOKPREP_ASSIGN(paths.video, make_copy_path(demuxer.stream(job.video.stream_index), job, true, muxer));
  } else if (job.video.action == StreamAction::kEncode) {
    TOKPREP_ASSIGN(paths.video, make_video_path(demuxer.stream(job.video.stream_index), job, taps, &muxer));
  }
  if (is_silence(job.audio)) {
    TOKPREP_ASSIGN(paths.audio, make_silence_path(job, muxer));
  } else if (job.audio.action == StreamAction::kCopy) {
    TOKPREP_ASSIGN(paths.audio, make_copy_path(demuxer.stream(job.audio.stream_index), job, false, muxer));
  } else if (job.audio.action == StreamAction::kEncode) {
    TOKPREP_ASSIGN(paths.audio, make_audio_path(demuxer.stream(job.audio.stream_index), job, gain, muxer));
  }
  return paths;
}

Result<Demuxer> open_source(const TranscodeJob& job, const RunContext& run) {
  TOKPREP_ASSIGN(Demuxer demuxer, Demuxer::open(job.input, run.stop));
  const auto missing = [&](bool wanted, int index) { return wanted && (index < 0 || index >= demuxer.stream_count()); };
  if (missing(job.video.action != StreamAction::kNone, job.video.stream_index) ||
      missing(has_source(job.audio), job.audio.stream_index)) {
    return fail(ErrorCode::kInternal, "the plan names a stream that " + job.input + " does not have");
  }
  if (job.video.action == StreamAction::kNone && job.audio.action == StreamAction::kNone) {
    return fail(ErrorCode::kInternal, "the plan makes nothing of " + job.input);
  }
  demuxer.select({job.video.stream_index, job.audio.stream_index});
  if (job.seek) {
    const int stream = job.video.stream_index >= 0 ? job.video.stream_index : job.audio.stream_index;
    TOKPREP_TRY(demuxer.seek_before(stream, job.start_us - kSeekMarginUs));
  }
  return demuxer;
}

/// Plays a source again and again, as long as that gets the output any further.
class Turns {
 public:
  /// The end of the file: true where the job plays it again. Error: kCorruptInput where turns come to nothing.
  Result<bool> next(const TranscodeJob& job, Demuxer& demuxer, Paths& paths, const RunContext& run) {
    if (!job.loop_to_us || paths.done() || job.source_duration_us <= 0) return false;
    const std::int64_t position_us = paths.position_us();
    idle_ = position_us > position_us_ ? 0 : idle_ + 1;
    position_us_ = std::max(position_us_, position_us);
    if (idle_ > kMostIdle || ++turns_ > kMost) {
      if (paths.video && paths.video->done()) return false;  // the sound alone is stuck: it is filled up at the end
      return fail(ErrorCode::kCorruptInput,
                  fmt::format("played {} times it comes to {} ms: too little of it decodes to play it in a loop",
                              turns_, position_us_ / 1000));
    }
    TOKPREP_TRY(paths.begin_again(job.source_duration_us));
    TOKPREP_ASSIGN(demuxer, open_source(job, run));  // also where the format cannot seek
    return true;
  }

 private:
  static constexpr int kMostIdle = 16;  // a decoder may hold back the few frames of a turn or two
  static constexpr int kMost = 2000;    // three seconds of a millisecond and a half

  std::int64_t position_us_ = 0;
  int idle_ = 0;  // turns in a row that got no further
  int turns_ = 1;
};

Status feed(const TranscodeJob& job, Demuxer& demuxer, Paths& paths, Meter& meter, const RunContext& run) {
  const PacketPtr packet(av_packet_alloc());
  Turns turns;
  while (!paths.done()) {
    TOKPREP_TRY(run.check_stop());
    TOKPREP_ASSIGN(const bool more, demuxer.read(*packet));
    if (!more) {
      TOKPREP_ASSIGN(const bool again, turns.next(job, demuxer, paths, run));
      if (!again) break;
      continue;
    }
    StreamPath* path = packet->stream_index == job.video.stream_index   ? paths.video.get()
                       : packet->stream_index == job.audio.stream_index ? paths.audio.get()
                                                                        : nullptr;
    if (path != nullptr && !path->done()) TOKPREP_TRY(path->push(*packet));
    if (paths.video && paths.audio) {
      // Not for days, where damaged times have the next picture come only then.
      const std::int64_t position_us = paths.video->position_us();
      TOKPREP_TRY(paths.audio->keep_up(std::min(position_us, job.end_us.value_or(position_us))));
    }
    if (is_silence(job.audio) && (!paths.video || paths.video->done())) break;
    meter.at(paths.position_us());
  }
  return paths.finish();
}

TranscodeResult result_of(const Paths& paths, const Demuxer& demuxer) {
  TranscodeResult result;
  result.decode_errors = demuxer.damage();
  if (paths.video) {
    const PathCounts counts = paths.video->counts();
    result.video_frames_in = counts.frames_in;
    result.video_frames_out = counts.units_out;
    result.damaged_frames = counts.decode_errors;
    result.decode_errors += counts.decode_errors;
    result.longest_freeze_us = paths.video->longest_gap_us();
  }
  if (paths.audio) {
    const PathCounts counts = paths.audio->counts();
    result.audio_samples_out = counts.units_out;
    result.decode_errors += counts.decode_errors;
    result.sound = paths.audio->sound();
  }
  return result;
}

/// The first of two passes: the picture alone, and what is encoded goes nowhere.
Status first_pass(const TranscodeJob& job, const EncodePass& pass, const RunContext& run) {
  TranscodeJob picture = job;
  picture.audio = {};
  TOKPREP_ASSIGN(Demuxer demuxer, open_source(picture, run));
  VideoTaps taps;
  taps.pass = &pass;
  Paths paths;
  TOKPREP_ASSIGN(paths.video, make_video_path(demuxer.stream(job.video.stream_index), picture, taps, nullptr));
  Meter meter(job, run, &pass);
  return feed(picture, demuxer, paths, meter, run);
}

std::int64_t expected_frames(const TranscodeJob& job) {
  return static_cast<std::int64_t>(static_cast<double>(job.expected_duration_us) / 1e6 * job.video.frame_rate.value());
}

/// The way through once, to the finished file.
Result<TranscodeResult> run_once(const TranscodeJob& job, const EncodePass* pass, const RunContext& run) {
  const bool encodes_picture = job.video.action == StreamAction::kEncode;
  TOKPREP_ASSIGN(Demuxer demuxer, open_source(job, run));
  std::optional<CoverTap> cover;
  std::optional<SampleTap> samples;
  std::optional<Gain> gain;
  if (job.cover && encodes_picture) cover.emplace(*job.cover, demuxer.stream(job.video.stream_index).time_base);
  if (job.compare && encodes_picture) samples.emplace(expected_frames(job), job.video.canvas);
  if (job.audio.loudness_lufs && has_source(job.audio)) gain.emplace(job, run);
  TOKPREP_ASSIGN(Mp4Muxer muxer, Mp4Muxer::create(job.output));
  const VideoTaps taps{cover ? &*cover : nullptr, samples ? &*samples : nullptr, pass};
  TOKPREP_ASSIGN(Paths paths, make_paths(job, demuxer, taps, gain ? &*gain : nullptr, muxer));
  TOKPREP_TRY(muxer.begin(job.keep_metadata ? demuxer.format().metadata : nullptr));
  Meter meter(job, run, pass);
  TOKPREP_TRY(feed(job, demuxer, paths, meter, run));
  TranscodeResult result = result_of(paths, demuxer);
  if (paths.video && result.video_frames_out == 0) {
    return fail(ErrorCode::kCorruptInput, job.input + ": not one video frame could be read");
  }
  TOKPREP_ASSIGN(result.size_bytes, muxer.finish());
  paths = {};  // an encoder holds hundreds of megabytes, and what follows decodes
  if (cover) {
    TOKPREP_ASSIGN(result.cover, cover->finish());
  }
  if (job.compare) {
    TOKPREP_ASSIGN(result.verified, verify_frames({job.output, true, true}, samples ? &*samples : nullptr, run));
    if (samples) result.likeness = samples->likeness();
  }
  return result;
}

}  // namespace

Result<TranscodeResult> transcode(const TranscodeJob& job, const RunContext& run) {
  TOKPREP_ASSIGN(std::optional<TranscodeResult> rewritten, rewrite_mp4(job, run));
  if (rewritten) return *std::move(rewritten);
  if (job.video.action != StreamAction::kEncode || !job.video.target_bit_rate_bps) return run_once(job, nullptr, run);
  TOKPREP_ASSIGN(const PassFiles files, PassFiles::create());
  TOKPREP_TRY(first_pass(job, {1, files.stats()}, run));
  const EncodePass second{2, files.stats()};
  return run_once(job, &second, run);
}

}  // namespace tokprep
