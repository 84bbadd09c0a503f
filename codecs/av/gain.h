#pragma once

#include <future>
#include <optional>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// How loud a stream is, as the output's listeners would hear it (down-mixed).
struct Loudness {
  std::optional<double> integrated_lufs;  ///< empty: too short or too quiet to be measured (below the gate at -70)
  double true_peak_dbtp = -120;
};

/// Decodes the job's sound alone and measures it by EBU R 128 (ITU-R BS.1770: gated programme loudness, and true peak
/// by four-fold oversampling). Errors: those of reading and decoding; kCancelled.
Result<Loudness> measure_loudness(const TranscodeJob& job, const RunContext& run);

/// The one gain that brings the sound to the level asked for, measured on a thread of its own beside the picture's
/// work: reading the sound alone is some hundred times faster than playing it. Ends its thread when it goes.
class Gain {
 public:
  /// `job` is copied; `run.stop` ends the measurement too.
  Gain(const TranscodeJob& job, const RunContext& run);
  ~Gain();
  Gain(const Gain&) = delete;
  Gain& operator=(const Gain&) = delete;

  /// True when `wait` will not block.
  [[nodiscard]] bool ready() const;

  /// The measurement; blocks until it is there.
  Result<Loudness> wait();

 private:
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_;
  std::shared_future<Result<Loudness>> measured_;
};

/// The gain that takes `loudness` to `target_lufs` without lifting its true peak above `limit_dbtp`; 0 where the
/// loudness is unknown. Sound that peaks above the limit already is never lifted, only lowered.
double gain_db(const Loudness& loudness, double target_lufs, double limit_dbtp);

}  // namespace tokprep::av
