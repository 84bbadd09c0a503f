#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"
#include "codecs/cover_search.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"

namespace tokprep {

enum class WorkerKind { kAv, kImage };

struct WorkerOptions {
  std::filesystem::path folder = default_worker_folder();  ///< holds tokprep-av-worker and tokprep-image-worker
  std::chrono::milliseconds stall_time{120'000};           ///< a worker that says nothing for so long is ended
  StillLimits still_limits = {};                           ///< what a probed still may ask for
  Observer* observer = nullptr;                            ///< told of each start and end; outlives the workers

  /// `$TOKPREP_WORKER_DIR`, else the folder of the running program, else ../libexec/tokprep beside it.
  static std::filesystem::path default_worker_folder();
};

/// One worker of each kind, started when first needed, kept running, replaced after a crash.
///
/// The only way to media: this side opens no file but to look at its first bytes. A worker that crashes or stalls
/// is one failed call (kWorkerFailed, with the signal and the file); the next call gets a fresh one.
/// A stop ends the worker at once. One thread at a time; make one per thread. The host must ignore SIGPIPE: a worker
/// that died between two calls is met when the next job is written to it.
class Workers {
 public:
  explicit Workers(WorkerOptions options = {});
  Workers(Workers&&) noexcept;
  Workers& operator=(Workers&&) noexcept;
  ~Workers();

  /// Which worker is told by the first bytes. Errors: those of probe_video and probe_image; kUnsupportedInput for
  /// an empty file and for text.
  Result<MediaInfo> probe(const std::filesystem::path& file, const RunContext& run);

  /// Starts the worker of this kind, where none runs, without waiting for it: it loads its libraries meanwhile.
  void warm(WorkerKind kind);

  Result<TranscodeResult> transcode(const TranscodeJob& job, const RunContext& run);
  Result<ThumbnailResult> thumbnail(const ThumbnailJob& job, const RunContext& run);
  Result<CoverSearchResult> find_cover(const CoverSearchJob& job, const RunContext& run);
  Result<VerifyResult> verify(const VerifyJob& job, const RunContext& run);
  Result<ImageResult> convert_image(const ImageJob& job, const RunContext& run);

  /// What the worker says of itself: {"worker":"av","libraries":{…},"encoders":[…]}. For `doctor`.
  Result<Json> describe(WorkerKind kind, const RunContext& run);

 private:
  class Process;
  Result<Json> call(WorkerKind kind, std::string_view job, const Json& request, const RunContext& run);
  Result<Process*> ready(WorkerKind kind);

  WorkerOptions options_;
  std::unique_ptr<Process> av_;
  std::unique_ptr<Process> image_;
};

}  // namespace tokprep
