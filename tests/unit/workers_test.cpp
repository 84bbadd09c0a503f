#include "pipeline/workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "tests/unit/fake_worker.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using test::answer;
using test::kAvWorker;
using test::kImageWorker;
using test::say;
using testing::StartsWith;

constexpr std::string_view kMp4Head(
    "\0\0\0\x18"
    "ftypmp42\0\0\0\0mp42isom",
    24);
constexpr std::string_view kPngHead("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
// Waits on the next job, which never comes: a worker that hangs.
constexpr const char* kHang = "read -r never";

class WorkersTest : public testing::Test {
 protected:
  WorkersTest() {
    std::signal(SIGPIPE, SIG_IGN);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
  }

  [[nodiscard]] Workers workers(std::chrono::milliseconds stall_time = 30s) const {
    return Workers({fakes_.folder(), stall_time});
  }

  [[nodiscard]] std::size_t starts(const std::string& name) const { return fakes_.lines(name + ".starts").size(); }

  test::FakeWorkers fakes_;
};

/// "pong", the name of the error with its message, or another answer.
std::string ping(Workers& workers) {
  const auto answer = workers.describe(WorkerKind::kAv, {});
  if (!answer) return std::string(to_string(answer.error().code)) + ": " + answer.error().message;
  return answer->value("say", answer->dump());
}

constexpr const char* kPong = R"({"say":"pong"})";

TEST_F(WorkersTest, WhoOpensAFileIsToldByItsFirstBytes) {
  fakes_.install(kAvWorker, answer(R"({"kind":"video","size_bytes":7,"duration_us":1500})"));
  fakes_.install(kImageWorker, answer(R"({"kind":"image","size_bytes":8})"));
  const auto video = fakes_.file("named.png", kMp4Head);
  const auto image = fakes_.file("named.mp4", kPngHead);
  Workers workers = this->workers();

  const auto video_info = workers.probe(video, {});
  ASSERT_TRUE(video_info) << video_info.error().message;
  EXPECT_EQ(video_info->kind, MediaKind::kVideo);
  EXPECT_EQ(video_info->size_bytes, 7U);
  EXPECT_EQ(video_info->duration_us, 1500);
  const auto image_info = workers.probe(image, {});
  ASSERT_TRUE(image_info) << image_info.error().message;
  EXPECT_EQ(image_info->kind, MediaKind::kImage);

  const Json job = {
      {"id", 1}, {"job", "probe"}, {"request", Json(ProbeJob{video.string()})}, {"files", {video.string()}}};
  EXPECT_EQ(fakes_.lines("tokprep-av-worker.jobs"), std::vector{to_line(job)});
  EXPECT_EQ(starts(kImageWorker), 1U);
}

TEST_F(WorkersTest, EachCallIsAJobOfItsOwnName) {
  fakes_.install(kAvWorker, answer(R"({"size_bytes":11,"taken_at_us":12,"video_packets":13})"));
  fakes_.install(kImageWorker, answer(R"({"size_bytes":14})"));
  Workers workers = this->workers();
  TranscodeJob transcode;
  transcode.input = fakes_.file("b.mov", kMp4Head).string();
  EXPECT_EQ(workers.transcode(transcode, {}).value_or(TranscodeResult{}).size_bytes, 11U);
  EXPECT_EQ(workers.thumbnail(ThumbnailJob{}, {}).value_or(ThumbnailResult{}).taken_at_us, 12);
  EXPECT_EQ(workers.verify(VerifyJob{}, {}).value_or(VerifyResult{}).video_packets, 13);
  EXPECT_EQ(workers.convert_image(ImageJob{}, {}).value_or(ImageResult{}).size_bytes, 14U);

  std::vector<std::string> jobs;
  for (const std::string& line : fakes_.lines("tokprep-av-worker.jobs")) {
    jobs.push_back(Json::parse(line).at("job"));
  }
  EXPECT_EQ(jobs, (std::vector<std::string>{"transcode", "thumbnail", "verify"}));
  EXPECT_EQ(Json::parse(fakes_.lines("tokprep-av-worker.jobs").front()).at("request").at("input"), transcode.input);
  EXPECT_EQ(Json::parse(fakes_.lines("tokprep-image-worker.jobs").front()).at("job"), "convert");
  EXPECT_EQ(starts(kAvWorker), 1U);  // one process served them all
}

/// Every verify crashes; other jobs are answered.
constexpr const char* kCrashOnVerify = "case $job in *verify*) kill -SEGV $$;; esac\n";

TEST_F(WorkersTest, ACrashThatComesAgainIsOneFailedCall) {
  fakes_.install(kAvWorker, kCrashOnVerify + answer(kPong));
  Workers workers = this->workers();
  VerifyJob job;
  job.input = fakes_.file("evil.mp4", kMp4Head).string();
  const auto crashed = workers.verify(job, {});
  ASSERT_FALSE(crashed);
  EXPECT_EQ(crashed.error().code, ErrorCode::kWorkerFailed);
  EXPECT_EQ(crashed.error().file, job.input);
  EXPECT_EQ(crashed.error().message, "tokprep-av-worker crashed (signal 11 (Segmentation fault)) during verify of " +
                                         job.input + "; a second worker, as the first was lost too");
  EXPECT_NE(crashed.error().fix, "");
  EXPECT_EQ(crashed.error().signal, SIGSEGV);
  EXPECT_EQ(crashed.error().stage, "") << "it had not said that it had begun";
  EXPECT_EQ(starts(kAvWorker), 2U);

  EXPECT_EQ(ping(workers), "pong");
  EXPECT_EQ(starts(kAvWorker), 3U);
}

TEST_F(WorkersTest, ACrashThatDoesNotComeAgainIsNoFailure) {
  fakes_.install(kAvWorker, "[ -e crashed ] || { : > crashed; kill -SEGV $$; }\n" + answer(kPong));
  Workers workers = this->workers();
  EXPECT_EQ(ping(workers), "pong");
  EXPECT_EQ(starts(kAvWorker), 2U);
}

TEST_F(WorkersTest, AWorkerThatLeftBetweenTwoJobsIsReplaced) {
  fakes_.install(kAvWorker, answer(kPong) + "exit 3");
  Workers workers = this->workers();
  EXPECT_EQ(ping(workers), "pong");
  EXPECT_EQ(ping(workers), "pong");
  EXPECT_EQ(starts(kAvWorker), 2U);
}

// Where the cage is required, the worker is waited for before it gets a job.
TEST_F(WorkersTest, AWorkerThatIsLostBeforeItsHelloIsReplaced) {
  for (const char* how : {"kill -KILL $$", "exit 1", "echo free: invalid pointer", "echo 42"}) {
    std::filesystem::remove(fakes_.folder() / "lost");
    std::filesystem::remove(fakes_.folder() / "tokprep-av-worker.starts");
    fakes_.install(kAvWorker, answer(kPong), "[ -e lost ] || { : > lost; " + std::string(how) + "; }");
    WorkerOptions strict{fakes_.folder(), 30s};
    strict.cage = CageMode::kRequire;
    Workers workers(strict);
    EXPECT_EQ(ping(workers), "pong") << how;
    EXPECT_EQ(starts(kAvWorker), 2U) << how;
  }
}

TEST_F(WorkersTest, WorkersThatAreAllLostBeforeTheirHelloAreOneFailedCall) {
  fakes_.install(kAvWorker, answer(kPong), "echo free: invalid pointer");
  WorkerOptions strict{fakes_.folder(), 30s};
  strict.cage = CageMode::kRequire;
  Workers workers(strict);
  EXPECT_THAT(ping(workers), StartsWith("worker_ended: tokprep-av-worker could not be understood"));
  EXPECT_EQ(starts(kAvWorker), 2U);
}

TEST_F(WorkersTest, GarbageEndsTheWorker) {
  fakes_.install(kAvWorker, say("free(): invalid pointer") + answer(kPong));
  Workers workers = this->workers();
  const std::string seen = ping(workers);
  EXPECT_TRUE(seen.starts_with("worker_failed: tokprep-av-worker could not be understood")) << seen;
  EXPECT_EQ(starts(kAvWorker), 2U);
}

TEST_F(WorkersTest, LinesAboutNothingWeAskedAreNoAnswer) {
  fakes_.install(kAvWorker, say("42") + say("{}") + say(R"({"id":99,"result":{"say":"another's"}})") +
                                say(R"({"id":"$n","result":{"say":"a word for an id"}})") +
                                say(R"({"id":$n,"progress":"half"})") + answer(kPong));
  Workers workers = this->workers();
  EXPECT_EQ(ping(workers), "pong");
}

/// What became of a probe that was answered with this line.
Status probe_answered_by(const test::FakeWorkers& fakes, const std::string& line) {
  fakes.install(kAvWorker, say(line));
  auto info = Workers({fakes.folder(), 30s}).probe(fakes.file("b.mp4", kMp4Head), {});
  if (!info) return fail(std::move(info).error());
  return {};
}

// Whoever took over a decoder writes its answers: what does not fit is the worker's failure, whatever it is.
TEST_F(WorkersTest, AnAnswerThatDoesNotFitIsTheWorkersFailure) {
  for (const char* line : {R"({"id":$n,"result":"fine"})", R"({"id":$n,"result":{"size_bytes":"many"}})",
                           R"({"id":$n,"result":{"kind":"hologram"}})", R"({"id":$n,"result":{"chosen_video":0}})",
                           R"({"id":$n,"result":{"chosen_audio":7}})", R"({"id":$n,"error":"boom"})"}) {
    const Status probed = probe_answered_by(fakes_, line);
    ASSERT_FALSE(probed) << line;
    EXPECT_EQ(to_string(probed.error().code), "worker_failed") << line << ": " << probed.error().message;
    EXPECT_NE(probed.error().message, "") << line;
    EXPECT_EQ(probed.error().file, (fakes_.folder() / "b.mp4").string()) << line;
  }
}

TEST_F(WorkersTest, AStalledWorkerIsEnded) {
  fakes_.install(kAvWorker, "case $job in *verify*) " + std::string(kHang) + ";; esac\n" + answer(kPong));
  Workers workers = this->workers(500ms);  // far more than a script needs to start
  const auto stalled = workers.verify(VerifyJob{}, {});
  ASSERT_FALSE(stalled);
  EXPECT_EQ(stalled.error().code, ErrorCode::kWorkerFailed);
  EXPECT_THAT(stalled.error().message, StartsWith("tokprep-av-worker made no progress"));
  EXPECT_EQ(std::get<double>(stalled.error().limit), 0.5);
  EXPECT_EQ(ping(workers), "pong");
  EXPECT_EQ(starts(kAvWorker), 3U);  // two hung
}

TEST_F(WorkersTest, AStopDuringAJobEndsTheWorkerAtOnce) {
  fakes_.install(kAvWorker, say(R"({"id":$n,"progress":{"stage":"transcode","done":0.1}})") + kHang + "\n");
  Workers workers = this->workers();
  std::stop_source stop;
  RunContext run;
  run.stop = stop.get_token();
  std::chrono::steady_clock::time_point asked;
  run.progress = [&](const Progress&) {
    stop.request_stop();
    asked = std::chrono::steady_clock::now();
  };
  const auto stopped = workers.transcode(TranscodeJob{}, run);
  const auto took = std::chrono::steady_clock::now() - asked;
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_LT(took, 2s);  // far below the 30 s of patience
  const pid_t pid = std::stoi(fakes_.lines("tokprep-av-worker.starts").at(0));
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(WorkersTest, AfterAStopNoWorkerIsStarted) {
  fakes_.install(kAvWorker, answer(kPong));
  std::stop_source stop;
  stop.request_stop();
  RunContext run;
  run.stop = stop.get_token();
  const auto stopped = workers().describe(WorkerKind::kAv, run);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(starts(kAvWorker), 0U);
}

TEST_F(WorkersTest, AnErrorIsHandedOnAndTheWorkerGoesOn) {
  fakes_.install(kAvWorker,
                 say(R"({"id":$n,"error":{"code":"corrupt_input","message":"no moov","native":-5,"fix":"f"}})"));
  Workers workers = this->workers();
  const auto file = fakes_.file("b.mp4", kMp4Head);
  for (int i = 0; i < 2; ++i) {
    const auto info = workers.probe(file, {});
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::kCorruptInput);
    EXPECT_EQ(info.error().message, "no moov");
    EXPECT_EQ(info.error().native, -5);
    EXPECT_EQ(info.error().fix, "f");
    EXPECT_EQ(info.error().file, file.string());
  }
  EXPECT_EQ(starts(kAvWorker), 1U);
}

TEST_F(WorkersTest, AnErrorKeepsTheFileItNames) {
  fakes_.install(kAvWorker, say(R"({"id":$n,"error":{"code":"output_unwritable","message":"m","file":"out.part"}})"));
  TranscodeJob job;
  job.input = fakes_.file("in.mov", kMp4Head).string();
  const auto result = workers().transcode(job, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kOutputUnwritable);
  EXPECT_EQ(result.error().file, "out.part");
}

// Each of these would end a whole batch, or have it wait for a service that no worker can know.
TEST_F(WorkersTest, AnErrorThatAWorkerCannotMeetIsItsFailure) {
  if (std::filesystem::space(std::filesystem::temp_directory_path()).available < 1'000'000'000) {
    GTEST_SKIP() << "the disk of the temporary files is nearly full, so that no_space may be true";
  }
  for (const char* code : {"no_space", "cancelled", "network", "timeout", "rate_limited", "unavailable", "auth",
                           "rejected", "outcome_unknown"}) {
    const Status probed =
        probe_answered_by(fakes_, R"({"id":$n,"error":{"code":")" + std::string(code) + R"(","message":"m"}})");
    ASSERT_FALSE(probed) << code;
    EXPECT_EQ(to_string(probed.error().code), "worker_failed") << code;
    EXPECT_THAT(probed.error().message, StartsWith("m; the worker says so (" + std::string(code))) << code;
    EXPECT_NE(probed.error().fix, "") << code;
  }
}

TEST_F(WorkersTest, ProgressIsForwardedInOrder) {
  fakes_.install(kAvWorker, say(R"({"id":$n,"progress":{"stage":"transcode","done":0.25}})") +
                                say(R"({"id":99,"progress":{"stage":"verify","done":0.5}})") +
                                say(R"({"id":$n,"progress":{"stage":"take a break","done":0.5}})") +
                                say(R"({"id":$n,"progress":{"stage":"thumbnail","done":-1e300}})") +
                                say(R"({"id":$n,"progress":{"stage":"thumbnail","done":7}})") + answer("{}"));
  std::vector<std::pair<std::string, double>> heard;
  RunContext run;
  run.progress = [&](const Progress& progress) { heard.emplace_back(progress.stage, progress.done); };
  ASSERT_TRUE(workers().transcode(TranscodeJob{}, run));
  EXPECT_EQ(heard,
            (std::vector<std::pair<std::string, double>>{{"transcode", 0.25}, {"thumbnail", 0.0}, {"thumbnail", 1.0}}));
}

TEST_F(WorkersTest, NeverSeeAKey) {
  ::setenv("AYRSHARE_API_KEY", "value-of-the-key", 1);
  ::setenv("AYRSHARE_PROFILE_KEY_FILE", "value-of-the-key", 1);
  ::setenv("TOKPREP_API_URL", "value-of-the-key", 1);
  ::setenv("SOMEBODY_ELSES_TOKEN", "value-of-the-key", 1);
  fakes_.install(kAvWorker, "env > environment\n" + answer(kPong));
  Workers workers = this->workers();
  EXPECT_EQ(ping(workers), "pong");
  for (const char* name :
       {"AYRSHARE_API_KEY", "AYRSHARE_PROFILE_KEY_FILE", "TOKPREP_API_URL", "SOMEBODY_ELSES_TOKEN"}) {
    ::unsetenv(name);
  }
  const auto environment = fakes_.lines("environment");
  EXPECT_TRUE(std::ranges::any_of(environment, [](const auto& line) { return line.starts_with("PATH="); }));
  for (const std::string& line : environment) {
    EXPECT_FALSE(line.starts_with("AYRSHARE_") || line.starts_with("TOKPREP_")) << line;
    EXPECT_EQ(line.find("value-of-the-key"), std::string::npos) << line;
  }
}

TEST_F(WorkersTest, WhatIsNoMediaIsRefusedWithoutAWorker) {
  Workers workers = this->workers();  // there is none that could be started
  const auto empty = workers.probe(fakes_.file("empty.mp4", ""), {});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_EQ(empty.error().message, (fakes_.folder() / "empty.mp4").string() + " is empty (0 bytes)");
  EXPECT_EQ(empty.error().file, (fakes_.folder() / "empty.mp4").string());

  const auto text = workers.probe(fakes_.file("notes.mp4", "Shot list\n1. the beach\n"), {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_EQ(text.error().message, (fakes_.folder() / "notes.mp4").string() + " is text, not media");

  const auto missing = workers.probe(fakes_.folder() / "gone.mp4", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInputUnreadable);
}

TEST_F(WorkersTest, AMissingProgramIsNamed) {
  const auto answer = workers().describe(WorkerKind::kImage, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInternal);
  EXPECT_EQ(answer.error().message, "cannot start the worker program " + (fakes_.folder() / kImageWorker).string() +
                                        ": No such file or directory");
}

TEST_F(WorkersTest, GoWithTheirOwner) {
  fakes_.install(kAvWorker, answer(kPong));
  {
    Workers first = workers();
    EXPECT_EQ(ping(first), "pong");
    Workers moved = std::move(first);
    EXPECT_EQ(ping(moved), "pong");  // by the same process
  }
  ASSERT_EQ(starts(kAvWorker), 1U);
  EXPECT_EQ(::kill(std::stoi(fakes_.lines("tokprep-av-worker.starts").front()), 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(WorkerFolder, IsWhereItIsSaidToBeElseNearTheProgram) {
  ::setenv("TOKPREP_WORKER_DIR", "/opt/workers", 1);
  EXPECT_EQ(WorkerOptions::default_worker_folder().string(), "/opt/workers");
  ::unsetenv("TOKPREP_WORKER_DIR");
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  EXPECT_EQ(WorkerOptions::default_worker_folder().string(), (here.parent_path() / "libexec" / "tokprep").string());
}

}  // namespace
}  // namespace tokprep
