// Workers that take too much: scripts that hog one thing each, and the supervisor that ends them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <latch>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"
#include "base/sanitized.h"
#include "pipeline/scratch_folder.h"
#include "pipeline/worker_death.h"
#include "pipeline/worker_limits.h"
#include "pipeline/workers.h"
#include "tests/unit/fake_worker.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using test::answer;
using test::kAvWorker;
using test::say;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kProgress = R"({"id":$n,"progress":{"stage":"transcode","done":0.25}})";

class WorkerLimitsTest : public testing::Test {
 protected:
  WorkerLimitsTest() { std::signal(SIGPIPE, SIG_IGN); }

  [[nodiscard]] WorkerOptions options() const {
    WorkerOptions options;
    options.folder = fakes_.folder();
    options.deaths_folder = fakes_.folder() / "deaths";
    return options;
  }

  /// How a verify of the file ends.
  [[nodiscard]] Error verify_error(const WorkerOptions& options) const {
    Workers workers(options);
    VerifyJob job;
    job.input = file_;
    const auto result = workers.verify(job, {});
    return result ? Error() : result.error();
  }

  [[nodiscard]] std::size_t starts() const { return fakes_.lines("tokprep-av-worker.starts").size(); }

  test::FakeWorkers fakes_;
  std::string file_ = fakes_.file("evil.mp4", "not looked at").string();
};

TEST_F(WorkerLimitsTest, MemoryIsBounded) {
  fakes_.install(kAvWorker,
                 say(kProgress) + "all=$(head -c 90000000 /dev/zero | tr '\\0' a); while :; do sleep 1; done");
  WorkerOptions few = options();
  few.memory_bytes = 64'000'000;
  const Error error = verify_error(few);
  EXPECT_EQ(error.code, ErrorCode::kWorkerFailed);
  EXPECT_THAT(error.message, HasSubstr("of memory and was ended during verify of " + file_ + ", at 25 % of transcode"));
  EXPECT_EQ(std::get<std::int64_t>(error.limit), 64'000'000);
  EXPECT_GT(std::get<std::int64_t>(error.measured), 64'000'000);
  EXPECT_EQ(error.stage, "transcode");
  EXPECT_EQ(error.stage_done, 0.25);
  EXPECT_EQ(error.unit, "bytes");
  EXPECT_THAT(error.fix, StartsWith("--worker-memory"));
  EXPECT_EQ(starts(), 2U);  // a fresh one might have had enough
  EXPECT_FALSE(std::filesystem::exists(fakes_.folder() / "deaths"));

  few.memory_bytes = 4'000'000'000;  // as `fix` says; the next run tries it
  fakes_.install(kAvWorker, answer("{}"));
  EXPECT_EQ(verify_error(few).message, "");
}

TEST_F(WorkerLimitsTest, AFileThatTwoWorkersHangOnIsNotTriedAgain) {
  fakes_.install(kAvWorker, "read -r never");
  WorkerOptions impatient = options();
  impatient.stall_time = 1s;  // a script has said hello long before
  EXPECT_THAT(verify_error(impatient).message, HasSubstr("made no progress"));
  EXPECT_EQ(starts(), 2U);

  const Error refused = verify_error(impatient);  // as in a later run
  EXPECT_THAT(refused.message, HasSubstr("is not tried again, as workers died of it twice: tokprep-av-worker made no"));
  EXPECT_THAT(refused.fix, StartsWith("--force"));
  EXPECT_EQ(starts(), 2U);

  fakes_.install(kAvWorker, answer("{}"));
  const std::filesystem::path record = std::filesystem::directory_iterator(fakes_.folder() / "deaths")->path();
  const std::string deaths = read_text_file(record).value();
  const auto a_day_ago = std::filesystem::file_time_type::clock::now() - 25h;
  std::filesystem::last_write_time(record, a_day_ago);
  EXPECT_EQ(verify_error(impatient).message, "") << "the machine's trouble may be over";
  EXPECT_TRUE(std::filesystem::is_empty(fakes_.folder() / "deaths"));

  std::ofstream(record) << deaths;
  impatient.forced = true;
  EXPECT_EQ(verify_error(impatient).message, "");
  impatient.forced = false;  // it was the machine, then
  EXPECT_EQ(verify_error(impatient).message, "");
}

// One may hang as the machine has no time for it.
TEST_F(WorkerLimitsTest, OneWorkerThatHangsIsNotHeldAgainstTheFile) {
  fakes_.install(kAvWorker, "[ -e hung ] || { : > hung; read -r never; }\n" + answer("{}"));
  WorkerOptions impatient = options();
  impatient.stall_time = 1s;
  EXPECT_EQ(verify_error(impatient).message, "");
  EXPECT_EQ(starts(), 2U);
  EXPECT_TRUE(std::filesystem::is_empty(fakes_.folder() / "deaths"));
}

// A mapped file on a full disk; /proc has never any room.
TEST(WorkerDeath, OfAFullDiskIsNotTheFilesFault) {
  const ProcessEnd bus{SIGBUS, 0};
  const WorkerDeath full = death_of_end(bus, {"/proc"});
  EXPECT_EQ(full.error.code, ErrorCode::kNoSpace);
  EXPECT_FALSE(full.blames_file);
  EXPECT_EQ(death_of_end({SIGSEGV, 0}, {"/proc"}).error.code, ErrorCode::kWorkerFailed);
}

TEST(JobWatch, TimeInWhichNobodyLookedIsLeftOut) {
  WorkerLimits limits;
  limits.wall_time = 1min;
  JobWatch watch(::getpid(), limits);
  watch.leave_out(-2min);  // as if it had begun two minutes ago
  ASSERT_TRUE(watch.check({}));
  watch.leave_out(90s);
  EXPECT_FALSE(watch.check({}));
}

TEST_F(WorkerLimitsTest, ALimitOfTheSystemIsNotHeldAgainstTheFile) {
  for (const char* signal : {"XFSZ", "XCPU"}) {
    fakes_.install(kAvWorker, "kill -" + std::string(signal) + " $$");
    EXPECT_NE(verify_error(options()).message, "") << signal;
  }
  EXPECT_FALSE(std::filesystem::exists(fakes_.folder() / "deaths"));
}

TEST_F(WorkerLimitsTest, TheTimeOfAJobIsBoundedHoweverMuchProgressItReports) {
  fakes_.install(kAvWorker, "while :; do " + say(kProgress) + "sleep 0.05; done");
  WorkerOptions quick = options();
  quick.job_time = 400ms;
  const Error error = verify_error(quick);
  EXPECT_EQ(error.code, ErrorCode::kWorkerFailed);
  EXPECT_EQ(std::get<double>(error.limit), 0.4);
  EXPECT_EQ(error.unit, "s");
  EXPECT_THAT(error.fix, StartsWith("--worker-time"));
  EXPECT_EQ(starts(), 1U);  // it would take as long again
}

TEST_F(WorkerLimitsTest, TheProcessorsTimeIsBounded) {
  fakes_.install(kAvWorker, "while :; do :; done");
  WorkerOptions quick = options();
  quick.job_cpu_time = 300ms;
  const Error error = verify_error(quick);
  EXPECT_THAT(error.message, HasSubstr("of the processors' time"));
  EXPECT_THAT(error.fix, StartsWith("--worker-cpu-time"));
  EXPECT_EQ(std::get<double>(error.limit), 0.3);
}

TEST_F(WorkerLimitsTest, TemporaryFilesAreBounded) {
  fakes_.install(kAvWorker, "head -c 5000000 /dev/zero > \"$TMPDIR/spill\"; while :; do sleep 1; done");
  WorkerOptions small = options();
  small.output_bytes = 1'000'000;
  const Error error = verify_error(small);
  EXPECT_THAT(error.message, HasSubstr("of temporary files"));
  EXPECT_THAT(error.fix, StartsWith("--worker-output"));
}

// However few bytes they take: each look at them would take longer.
TEST_F(WorkerLimitsTest, ScratchFoldersStaySmallAndFlat) {
  fakes_.install(kAvWorker, "cd \"$TMPDIR\"; while :; do mkdir d; cd d || exit; done");
  Error error = verify_error(options());
  EXPECT_THAT(error.message, HasSubstr("made folders within folders 9 deep and was ended"));
  EXPECT_EQ(std::get<std::int64_t>(error.limit), ScratchUse::kDeepest);

  fakes_.install(kAvWorker, "i=0; while :; do i=$((i + 1)); : > \"$TMPDIR/$i\"; done");
  error = verify_error(options());
  EXPECT_THAT(error.message, HasSubstr("made more than 1000 temporary files and was ended"));
  EXPECT_EQ(error.unit, "files");
}

TEST_F(WorkerLimitsTest, AnEndFromOutsideIsToldAndNotHeldAgainstTheFile) {
  fakes_.install(kAvWorker, "kill -KILL $$");
  const Error error = verify_error(options());
  EXPECT_THAT(error.message,
              HasSubstr("was killed from outside (signal 9 (Killed)), most likely as the machine ran out"));
  EXPECT_EQ(error.code, ErrorCode::kWorkerEnded);
  EXPECT_EQ(error.signal, SIGKILL);
  EXPECT_FALSE(std::filesystem::exists(fakes_.folder() / "deaths"));
}

TEST_F(WorkerLimitsTest, AWorkerThatCannotStartIsNotHeldAgainstTheFile) {
  // As the loader ends it where a library is missing, and as a broken library would.
  for (const auto& [at_start, how] :
       {std::pair("exit 127", "exit code 127"), std::pair("kill -SEGV $$", "signal 11")}) {
    fakes_.install(kAvWorker, answer("{}"), at_start);
    const Error error = verify_error(options());
    EXPECT_EQ(error.code, ErrorCode::kWorkerEnded);
    EXPECT_THAT(error.message, StartsWith("tokprep-av-worker did not start (" + std::string(how)));
    EXPECT_THAT(error.fix, HasSubstr("tokprep doctor"));
  }
  EXPECT_FALSE(std::filesystem::exists(fakes_.folder() / "deaths"));
  fakes_.install(kAvWorker, answer("{}"));
  EXPECT_EQ(verify_error(options()).message, "");
}

TEST_F(WorkerLimitsTest, WhyAWorkerCannotStartIsSaid) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer reports on our standard error";
  fakes_.install(kAvWorker, answer("{}"), "echo 'libx.so.1: cannot open' >&2; exit 127");
  EXPECT_THAT(verify_error(options()).message,
              StartsWith("tokprep-av-worker did not start (exit code 127: libx.so.1: cannot open) during verify of "));
}

TEST_F(WorkerLimitsTest, AForbiddenSystemCallIsNamed) {
  fakes_.install(kAvWorker, "kill -SYS $$");
  EXPECT_THAT(verify_error(options()).message, HasSubstr("was ended by the kernel for a forbidden system call"));
}

TEST_F(WorkerLimitsTest, AFileThatKilledTwoWorkersIsNotTriedAgain) {
  fakes_.install(kAvWorker, "kill -SEGV $$");
  EXPECT_THAT(verify_error(options()).message, HasSubstr("crashed"));
  EXPECT_EQ(starts(), 2U);

  const Error refused = verify_error(options());  // as in a later run
  EXPECT_EQ(refused.code, ErrorCode::kWorkerFailed);
  EXPECT_EQ(refused.file, file_);
  EXPECT_THAT(refused.message, HasSubstr("is not tried again, as workers died of it twice: tokprep-av-worker crashed"));
  EXPECT_THAT(refused.fix, StartsWith("--force"));
  EXPECT_EQ(starts(), 2U);
  const std::filesystem::path record = std::filesystem::directory_iterator(fakes_.folder() / "deaths")->path();
  std::filesystem::last_write_time(record, std::filesystem::file_time_type::clock::now() - 1000h);
  EXPECT_EQ(verify_error(options()).message, refused.message);

  WorkerOptions forced = options();
  forced.forced = true;
  EXPECT_THAT(verify_error(forced).message, HasSubstr("crashed"));
  EXPECT_EQ(starts(), 4U);

  std::filesystem::remove(file_);
  file_ = fakes_.file("evil.mp4", "another file of this name").string();
  EXPECT_THAT(verify_error(options()).message, HasSubstr("crashed"));
  EXPECT_EQ(starts(), 6U);
}

TEST_F(WorkerLimitsTest, AFileThatASecondWorkerReadIsForgiven) {
  fakes_.install(kAvWorker, "[ -e crashed ] || { : > crashed; kill -SEGV $$; }\n" + answer("{}"));
  EXPECT_EQ(verify_error(options()).message, "");
  EXPECT_TRUE(std::filesystem::is_empty(fakes_.folder() / "deaths"));
}

TEST_F(WorkerLimitsTest, ACrashOfARunBeforeIsForgottenOnceTheFileIsRead) {
  fakes_.install(kAvWorker, "[ -e crashed ] && read -r never; : > crashed; kill -SEGV $$");
  std::stop_source stop;
  RunContext run;
  run.stop = stop.get_token();
  VerifyJob job;
  job.input = file_;
  const std::jthread stopper([&] {
    while (starts() < 2) std::this_thread::sleep_for(10ms);
    stop.request_stop();
  });
  EXPECT_FALSE(Workers(options()).verify(job, run));  // the second worker was stopped: it forgives nothing
  EXPECT_FALSE(std::filesystem::is_empty(fakes_.folder() / "deaths"));

  fakes_.install(kAvWorker, answer("{}"));
  EXPECT_EQ(verify_error(options()).message, "");
  EXPECT_TRUE(std::filesystem::is_empty(fakes_.folder() / "deaths"));
}

TEST(ProcessUsage, IsThatOfTheProcess) {
  const auto usage = usage_of(::getpid());
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->resident_bytes, 1'000'000U);
  EXPECT_LT(usage->resident_bytes, 8'000'000'000U);
  EXPECT_FALSE(usage_of(-1));
}

TEST(JobWatch, MoreThreadsThanAnyJobNeedsAreABreach) {
  const JobWatch watch(::getpid(), {});
  EXPECT_FALSE(watch.check({}));
  std::latch end(1);
  std::vector<std::jthread> bomb;
  for (int i = 0; i < 520; ++i) bomb.emplace_back([&] { end.wait(); });
  const auto breach = watch.check({});
  end.count_down();
  ASSERT_TRUE(breach);
  EXPECT_GE(std::get<std::int64_t>(breach->measured), 520);
  EXPECT_EQ(std::get<std::int64_t>(breach->limit), 512);
  EXPECT_EQ(breach->unit, "threads");
}

TEST(ScratchFolder, IsPrivateAndGoesWithItsOwner) {
  std::filesystem::path path;
  {
    const auto folder = ScratchFolder::create();
    ASSERT_TRUE(folder) << folder.error().message;
    path = folder->path();
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
    std::ofstream(path / "spill") << std::string(10'000, 'x') << std::flush;
    EXPECT_GE(folder->use().bytes, 10'000U);
    EXPECT_EQ(folder->use().files, 1);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ScratchFolder, WhatKilledRunsLeftIsLookedForOnceAMinute) {
  SweepTimes sweeps;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(sweeps.is_due(start));
  EXPECT_FALSE(sweeps.is_due(start));
  EXPECT_FALSE(sweeps.is_due(start + 59s));
  EXPECT_TRUE(sweeps.is_due(start + 60s));
  EXPECT_FALSE(sweeps.is_due(start + 61s));
}

TEST(ScratchFolder, WhatAKilledRunLeftIsRemoved) {
  const test::TempFolder place;
  const auto old = std::filesystem::file_time_type::clock::now() - 5min;
  for (const char* name : {"tokprep-worker-left", "tokprep-worker-young", "somebody-elses"}) {
    std::filesystem::create_directory(place.path() / name);
  }
  for (const char* name : {"tokprep-worker-left", "somebody-elses"}) {
    std::filesystem::last_write_time(place.path() / name, old);
  }
  remove_stale_scratch(place.path());
  EXPECT_FALSE(std::filesystem::exists(place.path() / "tokprep-worker-left"));
  EXPECT_TRUE(std::filesystem::exists(place.path() / "tokprep-worker-young"));
  EXPECT_TRUE(std::filesystem::exists(place.path() / "somebody-elses"));
}

}  // namespace
}  // namespace tokprep
