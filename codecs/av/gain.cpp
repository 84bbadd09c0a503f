#include "codecs/av/gain.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

#include "codecs/av/audio_chain.h"
#include "codecs/av/decoder.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/filter_graph.h"

namespace tokprep::av {
namespace {

// The gate of BS.1770; the filter says this too where it has heard nothing.
constexpr double kGateLufs = -70;
// Peaks are told with three digits: the true one may be half a digit higher.
constexpr double kPeakRounding = 0.0005;

std::optional<double> number_in(const AVDictionary* metadata, const std::string& key) {
  const AVDictionaryEntry* entry = av_dict_get(metadata, key.c_str(), nullptr, 0);
  if (entry == nullptr) return std::nullopt;
  return std::strtod(entry->value, nullptr);
}

/// Keeps the newest figures of the `ebur128` filter: each frame carries those of all sound so far.
class Reading {
 public:
  void take(const AVFrame& frame) {
    if (const auto lufs = number_in(frame.metadata, "lavfi.r128.I")) lufs_ = *lufs;
    for (int channel = 0; channel < frame.ch_layout.nb_channels; ++channel) {
      const auto peak = number_in(frame.metadata, fmt::format("lavfi.r128.true_peaks_ch{}", channel));
      if (peak) peak_ = std::max(peak_, *peak);
    }
  }

  [[nodiscard]] Loudness loudness() const {
    Loudness result;
    if (lufs_ > kGateLufs) result.integrated_lufs = lufs_;
    if (peak_ > 0) result.true_peak_dbtp = 20 * std::log10(peak_ + kPeakRounding);
    return result;
  }

 private:
  double lufs_ = kGateLufs;
  double peak_ = 0;
};

}  // namespace

Result<Loudness> measure_loudness(const TranscodeJob& job, const RunContext& run) {
  TOKPREP_ASSIGN(Demuxer demuxer, Demuxer::open(job.input, run.stop));
  demuxer.select({job.audio.stream_index});
  const AVStream& stream = demuxer.stream(job.audio.stream_index);
  if (job.seek) TOKPREP_TRY(demuxer.seek_before(job.audio.stream_index, job.start_us));
  TOKPREP_ASSIGN(Decoder decoder, Decoder::open(stream, 1));
  Reading reading;
  const FrameSink read = [&](const FramePtr& frame) -> Status {
    reading.take(*frame);
    return {};
  };
  AudioChain chain(job, stream.time_base, ",ebur128=peak=true:metadata=1", 0);
  const FrameSink into_chain = [&](FramePtr frame) { return chain.push(std::move(frame), read); };
  const PacketPtr packet(av_packet_alloc());
  while (!chain.done()) {
    TOKPREP_TRY(run.check_stop());
    TOKPREP_ASSIGN(const bool more, demuxer.read(*packet));
    if (!more) break;
    if (packet->stream_index == job.audio.stream_index) TOKPREP_TRY(decoder.push(packet.get(), into_chain));
  }
  TOKPREP_TRY(decoder.push(nullptr, into_chain));
  TOKPREP_TRY(chain.finish(read));
  return reading.loudness();
}

Gain::Gain(const TranscodeJob& job, const RunContext& run)
    : outer_(run.stop, [this] { stop_.request_stop(); }),
      measured_(std::async(std::launch::async, [job, token = stop_.get_token()] {
        return measure_loudness(job, RunContext{.stop = token, .progress = {}});
      })) {}

Gain::~Gain() { stop_.request_stop(); }

bool Gain::ready() const { return measured_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

Result<Loudness> Gain::wait() { return measured_.get(); }

double gain_db(const Loudness& loudness, double target_lufs, double limit_dbtp) {
  if (!loudness.integrated_lufs) return 0;
  const double wanted = target_lufs - *loudness.integrated_lufs;
  return std::min(wanted, std::max(0.0, limit_dbtp - loudness.true_peak_dbtp));
}

}  // namespace tokprep::av
