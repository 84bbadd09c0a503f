#include "pipeline/workers.h"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/line_channel.h"
#include "base/span.h"
#include "base/units.h"
#include "codecs/sniff.h"
#include "pipeline/process.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

const char* program_name(WorkerKind kind) {
  return kind == WorkerKind::kAv ? "tokprep-av-worker" : "tokprep-image-worker";
}

/// The file a request is about, for messages.
std::string subject_of(const Json& request) { return request.is_object() ? request.value("input", "") : ""; }

tl::unexpected<Error> worker_error(WorkerKind kind, std::string_view job, const Json& request,
                                   const std::string& what) {
  Error error;
  error.code = ErrorCode::kWorkerFailed;
  error.file = subject_of(request);
  error.message = fmt::format("{} {} during {} of {}", program_name(kind), what, job, error.file);
  error.fix = "the file is probably damaged; nothing of it was kept";
  return fail(std::move(error));
}

/// One line of a worker, as far as it is well-formed and about the job with this id.
struct Answer {
  std::optional<Progress> progress;
  std::optional<Error> error;
  std::optional<Json> result;
};

/// For an answer that does not fit: the worker's failure, not a mistake of the user's.
Error misfit(std::string message, std::string file) {
  Error error;
  error.code = ErrorCode::kWorkerFailed;
  error.message = std::move(message);
  error.file = std::move(file);
  return error;
}

Answer read_answer(const Json& line, int id) {
  Answer answer;
  if (!line.is_object() || line.value("id", Json()) != id) return answer;
  if (line.contains("result")) answer.result = line["result"];
  if (line.contains("error")) {
    answer.error = parse_as<Error>(line["error"], "the worker's error")
                       .value_or(misfit("the worker failed, and what it said of that makes no sense", ""));
  }
  if (line.contains("progress") && line["progress"].is_object()) {
    const Json stage = line["progress"].value("stage", Json());
    const Json done = line["progress"].value("done", Json());
    if (stage.is_string() && done.is_number()) answer.progress = Progress{stage.get<std::string>(), done.get<double>()};
  }
  return answer;
}

Error about(Error error, const std::string& file) {
  if (error.file.empty()) error.file = file;
  return error;
}

tl::unexpected<Error> not_media(const fs::path& file, std::string what) {
  Error error;
  error.code = ErrorCode::kUnsupportedInput;
  error.file = file.string();
  error.message = fmt::format("{} {}", file.string(), what);
  error.fix = "give a video or a picture";
  return fail(std::move(error));
}

}  // namespace

/// A running worker and the line to it.
class Workers::Process {
 public:
  Process(ChildProcess child, WorkerKind kind, Observer* observer)
      : child_(std::move(child)),
        channel_(child_.stdout_fd(), child_.stdin_fd()),
        pid_(child_.pid()),
        kind_(kind),
        observer_(observer) {
    tell(LogLevel::kDebug, "started", 1);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (ended_.empty()) tell(LogLevel::kDebug, "is no longer needed", -1);
    else tell(LogLevel::kWarn, "ended: " + ended_, -1);
  }

  /// Waits for its end; how it came.
  [[nodiscard]] const std::string& end() {
    ended_ = child_.end();
    return ended_;
  }

  [[nodiscard]] LineChannel& channel() { return channel_; }
  [[nodiscard]] ChildProcess& child() { return child_; }
  [[nodiscard]] int next_id() { return ++last_id_; }

 private:
  void tell(LogLevel level, const std::string& what, int change) const {
    if (observer_ == nullptr) return;
    observer_->note(level, "", fmt::format("{} (pid {}) {}", program_name(kind_), pid_, what));
    observer_->count("workers", change);
  }

  ChildProcess child_;
  LineChannel channel_;
  pid_t pid_;
  WorkerKind kind_;
  Observer* observer_;
  std::string ended_;  // empty while it runs
  int last_id_ = 0;
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

Result<Workers::Process*> Workers::ready(WorkerKind kind) {
  std::unique_ptr<Process>& slot = kind == WorkerKind::kAv ? av_ : image_;
  if (!slot) {
    TOKPREP_ASSIGN(ChildProcess child, ChildProcess::start(options_.folder / program_name(kind)));
    slot = std::make_unique<Process>(std::move(child), kind, options_.observer);
  }
  return slot.get();
}

void Workers::warm(WorkerKind kind) {
  (void)ready(kind);  // what is wrong with it, the first job will tell
}

Result<Json> Workers::call(WorkerKind kind, std::string_view job, const Json& request, const RunContext& run) {
  TOKPREP_TRY(run.check_stop());
  const Span span(run, job, [&] { return Json{{"file", subject_of(request)}, {"worker", program_name(kind)}}; });
  TOKPREP_ASSIGN(Process * process, ready(kind));
  std::unique_ptr<Process>& slot = kind == WorkerKind::kAv ? av_ : image_;
  const int id = process->next_id();
  // A worker that died between two jobs is found out by the missing answer below, as any crash is.
  (void)process->channel().send({{"id", id}, {"job", job}, {"request", request}});
  while (true) {
    const auto message = process->channel().receive(run.stop, options_.stall_time);
    if (message && *message) {
      // Read with suspicion: a decoder that a hostile file has taken over writes these lines.
      Answer answer = read_answer(**message, id);
      if (answer.progress) run.report(answer.progress->stage, answer.progress->done);
      if (answer.error) return fail(about(std::move(*answer.error), subject_of(request)));
      if (answer.result) return std::move(*answer.result);
      continue;
    }
    const bool gone = message.has_value();  // end of the stream
    if (!gone) process->child().kill();
    const std::string how = process->end();
    slot.reset();
    if (gone) return worker_error(kind, job, request, "crashed (" + how + ")");
    if (message.error().code == ErrorCode::kCancelled) return fail(message.error());
    if (message.error().code == ErrorCode::kTimeout) {
      return worker_error(kind, job, request,
                          fmt::format("made no progress for {} and was ended", format_duration(options_.stall_time)));
    }
    return worker_error(kind, job, request, "could not be understood: " + message.error().message);
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

Result<MediaInfo> Workers::probe(const fs::path& file, const RunContext& run) {
  TOKPREP_ASSIGN(const std::string head, read_head(file, kSniffBytes));
  if (head.empty()) return not_media(file, "is empty (0 bytes)");
  const Sniffed sniffed = sniff(head);
  if (sniffed == Sniffed::kText) return not_media(file, "is text, not media");
  const WorkerKind kind = sniffed == Sniffed::kImage ? WorkerKind::kImage : WorkerKind::kAv;
  TOKPREP_ASSIGN(MediaInfo info, as<MediaInfo>(call(kind, "probe", ProbeJob{file.string(), options_.still_limits}, run),
                                               file.string()));
  if (!is_consistent(info))
    return fail(misfit("the worker's answer chooses a stream that is not there", file.string()));
  return info;
}

Result<TranscodeResult> Workers::transcode(const TranscodeJob& job, const RunContext& run) {
  return as<TranscodeResult>(call(WorkerKind::kAv, "transcode", job, run), job.input);
}

Result<ThumbnailResult> Workers::thumbnail(const ThumbnailJob& job, const RunContext& run) {
  return as<ThumbnailResult>(call(WorkerKind::kAv, "thumbnail", job, run), job.input);
}

Result<CoverSearchResult> Workers::find_cover(const CoverSearchJob& job, const RunContext& run) {
  return as<CoverSearchResult>(call(WorkerKind::kAv, "find_cover", job, run), job.input);
}

Result<VerifyResult> Workers::verify(const VerifyJob& job, const RunContext& run) {
  return as<VerifyResult>(call(WorkerKind::kAv, "verify", job, run), job.input);
}

Result<ImageResult> Workers::convert_image(const ImageJob& job, const RunContext& run) {
  return as<ImageResult>(call(WorkerKind::kImage, "convert", job, run), job.input);
}

Result<Json> Workers::describe(WorkerKind kind, const RunContext& run) {
  return call(kind, "describe", Json::object(), run);
}

}  // namespace tokprep
