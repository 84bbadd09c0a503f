#include "pipeline/workers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/input_files.h"
#include "base/pending_file.h"
#include "base/span.h"
#include "codecs/sniff.h"
#include "pipeline/deadly_files.h"
#include "pipeline/job_files.h"
#include "pipeline/worker_answer.h"
#include "pipeline/worker_turn.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolderVariable = "TOKPREP_WORKER_DIR";

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

/// A folder of workers that was set wrongly is no bug of ours.
Error blame_setting(Error error, const fs::path& folder) {
  const char* set = std::getenv(kFolderVariable);
  if (error.code != ErrorCode::kInternal || set == nullptr || folder != set) return error;
  error.code = ErrorCode::kInvalidArgument;
  error.fix = fmt::format("{} must name the folder of the worker programs, or be unset", kFolderVariable);
  return error;
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
  if (const char* set = std::getenv(kFolderVariable)) return set;
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
  if (worker && worker->is_worn()) worker.reset();
  if (!worker) {
    auto started = WorkerProcess::start(options_.folder / program_name(kind), options_.cage, limits_of(kind, 0),
                                        options_.observer);
    if (!started) return fail(blame_setting(std::move(started).error(), options_.folder));
    worker = std::move(*started);
  }
  // Without a whole cage such a worker gets nothing to read at all.
  if (options_.cage == CageMode::kRequire && !worker->cage()) {
    // What went wrong with it is the caller's to see: the worker stays, without a cage.
    TOKPREP_TRY(worker->wait_for_hello(run.stop, options_.stall_time));
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
  std::unique_ptr<WorkerProcess>& worker = slot(job.kind);
  Turn turn;
  if (const auto begun = ready(job.kind, run); begun) {
    Json line = {{"id", worker->next_id()}, {"job", job.name}, {"request", job.request}};
    if (!job.files.paths().empty()) line["files"] = job.files.paths();
    const TurnTerms terms{job.input, job.outputs, limits_of(job.kind, job.duration_us), options_.stall_time,
                          options_.on_cage};
    turn = take_turn(*worker, line, job.files.descriptors(), terms, run);
  } else if (worker && !worker->cage() && begun.error().code != ErrorCode::kCancelled) {
    turn.ended_for = reason_of_silence(begun.error(), options_.stall_time);
  } else {
    turn.answer = fail(begun.error());
    turn.is_midway = begun.error().code == ErrorCode::kCancelled;
  }
  if (turn.answer) {
    if (turn.is_midway) worker.reset();
    return std::move(*turn.answer);
  }
  death = lose(std::move(worker), job.outputs, std::move(turn.ended_for));
  place(*death, program_name(job.kind), job.name, job.input, turn.last);
  return fail(death->error);
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
    if (death->blames_file && !job.input.empty()) deadly.remember(job.input, death->error, death->may_pass);
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
  TOKPREP_ASSIGN(JobFiles files, JobFiles::open({input}, outputs, run));
  Job job{kind, std::move(name), std::move(request), input, outputs, std::move(files), duration_us};
  return as<T>(call(job, run), input);
}

Result<MediaInfo> Workers::probe(const fs::path& file, const RunContext& run) {
  TOKPREP_ASSIGN(const FileDescriptor opened, open_input(file, run));
  TOKPREP_ASSIGN(const std::string head, read_head(opened, kSniffBytes, file));
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
