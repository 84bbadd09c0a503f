#include "pipeline/workers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/pending_file.h"
#include "base/span.h"
#include "base/units.h"
#include "codecs/sniff.h"
#include "pipeline/deadly_files.h"
#include "pipeline/job_files.h"
#include "pipeline/worker_answer.h"
#include "pipeline/worker_death.h"
#include "pipeline/worker_limits.h"
#include "pipeline/worker_process.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// How often a worker's memory and time are looked at.
constexpr std::chrono::milliseconds kTick{100};

const char* program_name(WorkerKind kind) {
  return kind == WorkerKind::kAv ? "tokprep-av-worker" : "tokprep-image-worker";
}

tl::unexpected<Error> not_media(const fs::path& file, std::string what) {
  Error error;
  error.code = ErrorCode::kUnsupportedInput;
  error.file = file.string();
  error.message = fmt::format("{} {}", file.string(), what);
  error.fix = "give a video or a picture";
  return fail(std::move(error));
}

tl::unexpected<Error> no_whole_cage(const CageReport& cage) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("--cage require cannot be had here: {}", cage.missing());
  error.fix = "--cage prefer does without what is missing; Linux 5.13 with Landlock and seccomp has all of it";
  return fail(std::move(error));
}

/// A file that would have grown past RLIMIT_FSIZE comes back as an error of writing; the limit is ours.
Error judged(Error error, const std::string& input, std::uint64_t output_bytes) {
  if (error.file.empty()) error.file = input;
  if (std::abs(error.native) != EFBIG) return error;
  error.code = ErrorCode::kWorkerFailed;
  error.limit = static_cast<std::int64_t>(output_bytes);
  error.unit = "bytes";
  error.message += fmt::format("; a worker may write {} into one file", format_size(output_bytes));
  error.fix = "--worker-output SIZE allows more";
  return error;
}

/// Ends the worker for `why`, or sees to the end of one that ended by itself (no `why`), and says how it was lost.
WorkerDeath lose(std::unique_ptr<WorkerProcess> worker, std::optional<WorkerDeath> why) {
  const bool had_begun = worker->cage().has_value();
  if (why) worker->child().kill();
  const ProcessEnd end = worker->end();
  if (!why) return death_of_end(end, had_begun);
  return had_begun ? std::move(*why) : before_hello(std::move(*why));
}

/// Where the worker wrote: the outputs of its job and its scratch folder.
std::vector<fs::path> places_of(const std::vector<std::string>& outputs, const WorkerProcess& worker) {
  std::vector<fs::path> places = {worker.scratch().path()};
  for (const std::string& output : outputs) places.emplace_back(output);
  return places;
}

}  // namespace

struct Workers::Job {
  WorkerKind kind;
  std::string name;
  Json request;
  std::string input;  ///< for messages; empty: none
  std::vector<std::string> outputs;
  JobFiles files;
  std::int64_t duration_us = 0;  ///< of the media; 0: not known
};

fs::path WorkerOptions::default_worker_folder() {
  if (const char* set = std::getenv("TOKPREP_WORKER_DIR")) return set;
  std::error_code error;
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (fs::exists(beside / program_name(WorkerKind::kAv), error)) return beside;
  return beside.parent_path() / "libexec" / "tokprep";
}

Workers::Workers(WorkerOptions options) : options_(std::move(options)) {}
Workers::Workers(Workers&&) noexcept = default;
Workers& Workers::operator=(Workers&&) noexcept = default;
Workers::~Workers() = default;

WorkerLimits Workers::limits_of(WorkerKind kind, std::int64_t duration_us) const {
  constexpr std::int64_t kLeastTime_ms = 3'600'000;
  constexpr std::int64_t kTimesDuration = 100;  // the slowest conversion takes a tenth of that on one core
  const std::chrono::milliseconds generous(std::max(kLeastTime_ms, duration_us / 1000 * kTimesDuration));
  WorkerLimits limits;
  if (kind == WorkerKind::kImage) {
    limits.memory_bytes = (std::uint64_t{2} << 30) + static_cast<std::uint64_t>(options_.still_limits.max_memory_bytes);
  }
  limits.memory_bytes = options_.memory_bytes.value_or(limits.memory_bytes);
  limits.output_bytes = options_.output_bytes.value_or(limits.output_bytes);
  limits.wall_time = options_.job_time.value_or(generous);
  limits.cpu_time = options_.job_cpu_time.value_or(generous);
  return limits;
}

Result<WorkerProcess*> Workers::ready(WorkerKind kind, const RunContext& run) {
  std::unique_ptr<WorkerProcess>& worker = slot(kind);
  if (!worker) {
    TOKPREP_ASSIGN(worker, WorkerProcess::start(options_.folder / program_name(kind), options_.cage, limits_of(kind, 0),
                                                options_.observer));
  }
  // Without a whole cage such a worker gets nothing to read at all.
  if (options_.cage == CageMode::kRequire && !worker->cage()) {
    if (Status heard = worker->wait_for_hello(run.stop, options_.stall_time); !heard) {
      worker.reset();
      return fail(std::move(heard).error());
    }
    if (options_.on_cage) options_.on_cage(*worker->cage());
  }
  if (options_.cage == CageMode::kRequire && !worker->cage()->is_whole()) return no_whole_cage(*worker->cage());
  return worker.get();
}

void Workers::warm(WorkerKind kind) {
  // What is wrong with it, the first job will tell.
  if (options_.cage != CageMode::kRequire) (void)ready(kind, {});
}

/// One worker's try. `death` says how that worker was lost, if it was.
Result<Json> Workers::attempt(const Job& job, const RunContext& run, std::optional<WorkerDeath>& death) {
  TOKPREP_ASSIGN(WorkerProcess * worker, ready(job.kind, run));
  const int id = worker->next_id();
  Json line = {{"id", id}, {"job", job.name}, {"request", job.request}};
  if (!job.files.paths().empty()) line["files"] = job.files.paths();
  // A worker that died between two jobs is found out by the missing answer below, as any crash is.
  (void)worker->channel().send(line, job.files.descriptors());
  const WorkerLimits limits = limits_of(job.kind, job.duration_us);
  const JobWatch watch(worker->child().pid(), limits);
  auto heard_at = std::chrono::steady_clock::now(), looked_at = heard_at;
  std::optional<Progress> last;
  while (true) {
    auto message = worker->channel().receive(run.stop, kTick);
    const auto now = std::chrono::steady_clock::now();
    if (message && *message) {
      heard_at = now;
      if (worker->take_hello(**message) && options_.on_cage) options_.on_cage(*worker->cage());
      WorkerAnswer answer = read_answer(std::move(**message), id);
      if (answer.error) {
        Error error = judged(std::move(*answer.error), job.input, limits.output_bytes);
        return fail(believed(std::move(error), run.stop.stop_requested(), places_of(job.outputs, *worker)));
      }
      if (answer.result) return std::move(*answer.result);
      if (answer.progress) run.report(answer.progress->stage, answer.progress->done);
      if (answer.progress) last = std::move(answer.progress);
    }
    const bool is_quiet = !message && message.error().code == ErrorCode::kTimeout;
    const bool is_alive = (message && *message) || is_quiet;
    if (is_alive && now - looked_at >= kTick) {
      looked_at = now;
      if (const auto breach = watch.check(worker->scratch().used_bytes())) death = death_of_breach(*breach);
    }
    if (is_quiet && now - heard_at > options_.stall_time) death = death_of_stall(options_.stall_time);
    if (is_alive && !death) continue;
    if (!message && message.error().code == ErrorCode::kCancelled) {
      slot(job.kind).reset();
      return fail(message.error());
    }
    if (!message && !death) death = death_of_nonsense(message.error().message);
    death = lose(std::move(slot(job.kind)), std::move(death));
    place(*death, program_name(job.kind), job.name, job.input, last);
    return fail(death->error);
  }
}

Result<Json> Workers::call(Job& job, const RunContext& run) {
  TOKPREP_TRY(run.check_stop());
  const Span span(run, job.name, [&] { return Json{{"file", job.input}, {"worker", program_name(job.kind)}}; });
  const DeadlyFiles deadly(options_.deaths_folder, options_.forced);
  if (!job.input.empty()) TOKPREP_TRY(deadly.check(job.input));
  constexpr int kMostWorkers = 2;
  for (int tried = 1;; ++tried) {
    std::optional<WorkerDeath> death;
    Result<Json> answer = attempt(job, run, death);
    if (!death) {
      if (answer && !job.input.empty()) deadly.forget(job.input);  // it was not the file, then
      if (answer) job.files.keep_outputs();
      return answer;
    }
    if (death->blames_file && !job.input.empty()) deadly.remember(job.input, death->error);
    if (death->may_retry && tried < kMostWorkers) continue;
    if (tried > 1) answer.error().message += "; a second worker, as the first was lost too";
    return answer;
  }
}

namespace {

template <class T>
Result<T> as(Result<Json> answer, const std::string& file) {
  if (!answer) return fail(std::move(answer).error());
  Result<T> value = parse_as<T>(*answer, "the worker's answer");
  if (!value) return fail(misfit(std::move(value.error().message), file));
  return value;
}

/// The chosen streams are among those that are there.
bool is_consistent(const MediaInfo& info) {
  return info.chosen_video < static_cast<int>(info.video.size()) &&
         info.chosen_audio < static_cast<int>(info.audio.size());
}

}  // namespace

/// A job with one input, whose answer is read as `T`.
template <class T>
Result<T> Workers::call_as(WorkerKind kind, std::string name, const std::string& input,
                           const std::vector<std::string>& outputs, Json request, std::int64_t duration_us,
                           const RunContext& run) {
  TOKPREP_TRY(run.check_stop());
  TOKPREP_ASSIGN(JobFiles files, JobFiles::open({input}, outputs));
  Job job{kind, std::move(name), std::move(request), input, outputs, std::move(files), duration_us};
  return as<T>(call(job, run), input);
}

Result<MediaInfo> Workers::probe(const fs::path& file, const RunContext& run) {
  TOKPREP_ASSIGN(const std::string head, read_head(file, kSniffBytes));
  if (head.empty()) return not_media(file, "is empty (0 bytes)");
  const Sniffed sniffed = sniff(head);
  if (sniffed == Sniffed::kText) return not_media(file, "is text, not media");
  const WorkerKind kind = sniffed == Sniffed::kImage ? WorkerKind::kImage : WorkerKind::kAv;
  TOKPREP_ASSIGN(MediaInfo info, call_as<MediaInfo>(kind, "probe", file.string(), {},
                                                    ProbeJob{file.string(), options_.still_limits}, 0, run));
  if (!is_consistent(info))
    return fail(misfit("the worker's answer chooses a stream that is not there", file.string()));
  return info;
}

Result<TranscodeResult> Workers::transcode(const TranscodeJob& job, const RunContext& run) {
  std::vector<std::string> outputs = {job.output};
  if (job.cover) outputs.push_back(job.cover->output);
  return call_as<TranscodeResult>(WorkerKind::kAv, "transcode", job.input, outputs, job,
                                  std::max(job.expected_duration_us, job.source_duration_us), run);
}

Result<ThumbnailResult> Workers::thumbnail(const ThumbnailJob& job, const RunContext& run) {
  return call_as<ThumbnailResult>(WorkerKind::kAv, "thumbnail", job.input, {job.output}, job,
                                  job.duration_us.value_or(0), run);
}

Result<CoverSearchResult> Workers::find_cover(const CoverSearchJob& job, const RunContext& run) {
  return call_as<CoverSearchResult>(WorkerKind::kAv, "find_cover", job.input, {}, job, 0, run);
}

Result<VerifyResult> Workers::verify(const VerifyJob& job, const RunContext& run) {
  return call_as<VerifyResult>(WorkerKind::kAv, "verify", job.input, {}, job, 0, run);
}

Result<ImageResult> Workers::convert_image(const ImageJob& job, const RunContext& run) {
  return call_as<ImageResult>(WorkerKind::kImage, "convert", job.input, {job.output}, job, 0, run);
}

Result<Json> Workers::describe(WorkerKind kind, const RunContext& run) {
  return call_as<Json>(kind, "describe", "", {}, Json::object(), 0, run);
}

Result<EscapeResult> Workers::try_to_escape(WorkerKind kind, const RunContext& run) {
  TOKPREP_ASSIGN(const ScratchFolder place, ScratchFolder::create());
  EscapeJob job;
  job.folder = place.path().string();
  job.sibling = (place.path() / "another.mp4").string();
  job.secret = (place.path() / "key").string();
  job.parent = ::getpid();
  for (const std::string& file : {job.sibling, job.secret}) TOKPREP_TRY(write_file(file, "not for workers\n"));
  return call_as<EscapeResult>(kind, "escape", "", {}, job, 0, run);
}

std::optional<CageReport> Workers::cage(WorkerKind kind) const {
  const auto& worker = kind == WorkerKind::kAv ? av_ : image_;
  return worker ? worker->cage() : std::nullopt;
}

}  // namespace tokprep
