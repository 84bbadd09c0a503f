#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"
#include "codecs/cage.h"
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

  CageMode cage = CageMode::kPrefer;
  std::optional<std::uint64_t> memory_bytes = {};          ///< resident; else 4 GiB, for stills 2 GiB above their own
  std::optional<std::uint64_t> output_bytes = {};          ///< of one file; else 8 GiB
  std::optional<std::chrono::milliseconds> job_time = {};  ///< of one job; else an hour, and more for long videos
  std::optional<std::chrono::milliseconds> job_cpu_time = {};  ///< all its threads together; else the same
  std::filesystem::path deaths_folder = {};  ///< remembers files that killed two workers; empty: for the call alone
  bool forced = false;                       ///< tries those, too
  /// Told what each worker that is started says of its cage; called from the thread of the call.
  std::function<void(const CageReport&)> on_cage = {};

  /// `$TOKPREP_WORKER_DIR`, else the folder of the running program, else ../libexec/tokprep beside it.
  static std::filesystem::path default_worker_folder();
};

class WorkerProcess;
struct WorkerDeath;
struct WorkerLimits;

/// One worker of each kind, started when first needed, kept running, replaced after a crash.
///
/// The only way to media: this side opens a job's files, looks at no more than their first bytes, and hands them over
/// as descriptors; the worker, in its cage, can open no other. A worker that crashes, makes no progress or passes a
/// limit (`WorkerOptions`) is ended, and the job given to a fresh one; if that dies of it too, or more time would not
/// help, the call fails with kWorkerFailed: the signal or the limit, measured, limit and unit, and the stage. A file
/// that two workers have crashed or hung on is refused from then on (kWorkerFailed, deadly_files.h).
///
/// A stop ends the worker at once. One thread at a time; make one per thread. The host must ignore SIGPIPE: a worker
/// that died between two calls is met when the next job is written to it.
///
/// All calls but `probe` also fail as their worker functions do (codecs/transcode.h and so on), with kInputUnreadable
/// and kOutputUnwritable for files that cannot be opened, with kInvalidArgument where `CageMode::kRequire` cannot be
/// had, and with kCancelled.
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

  /// Has the worker try to break out of its cage; files it may go for are made for it. For `doctor`.
  Result<EscapeResult> try_to_escape(WorkerKind kind, const RunContext& run);

  /// What the running worker of this kind said of its cage; nothing where none has answered yet.
  [[nodiscard]] std::optional<CageReport> cage(WorkerKind kind) const;

 private:
  struct Job;
  std::unique_ptr<WorkerProcess>& slot(WorkerKind kind) { return kind == WorkerKind::kAv ? av_ : image_; }
  [[nodiscard]] WorkerLimits limits_of(WorkerKind kind, std::int64_t duration_us) const;
  Result<WorkerProcess*> ready(WorkerKind kind, const RunContext& run);
  Result<Json> call(Job& job, const RunContext& run);
  Result<Json> attempt(const Job& job, const RunContext& run, std::optional<WorkerDeath>& death);
  template <class T>
  Result<T> call_as(WorkerKind kind, std::string name, const std::string& input,
                    const std::vector<std::string>& outputs, Json request, std::int64_t duration_us,
                    const RunContext& run);

  WorkerOptions options_;
  std::unique_ptr<WorkerProcess> av_;
  std::unique_ptr<WorkerProcess> image_;
};

}  // namespace tokprep
