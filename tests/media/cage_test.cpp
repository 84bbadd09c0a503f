// The proof of the cage, through the real worker programs: what a hijacked decoder would try, each attempt refused.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/sanitized.h"
#include "pipeline/workers.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class CageTest : public testing::TestWithParam<WorkerKind> {
 protected:
  CageTest() { std::signal(SIGPIPE, SIG_IGN); }

  static WorkerOptions options() {
    WorkerOptions options;
    options.folder = TOKPREP_WORKERS;
    return options;
  }

  /// A sample under a name of the test's own.
  [[nodiscard]] std::string sample(const std::string& name, const std::string& as) const {
    fs::copy_file(fs::path(TOKPREP_SOURCE_DIR) / "samples" / name, folder_.path() / as);
    return (folder_.path() / as).string();
  }

  [[nodiscard]] ImageJob image_job(const std::string& input) const {
    ImageJob job;
    job.input = input;
    job.output = (folder_.path() / "out.jpg").string();
    return job;
  }

  test::TempFolder folder_;
};

TEST_P(CageTest, NothingGetsOut) {
  Workers workers(options());
  const auto escape = workers.try_to_escape(GetParam(), {});
  ASSERT_TRUE(escape) << describe(escape.error());
  const auto report = workers.cage(GetParam());
  ASSERT_TRUE(report);
  std::vector<std::string> walls;
  for (const CageWall& wall : report->walls) {
    walls.push_back(wall.name);
    std::printf("%s%s: %s\n", wall.name.c_str(), wall.stands ? "" : " is missing", wall.detail.c_str());
  }
  EXPECT_THAT(walls, UnorderedElementsAre("limits", "privileges", "files", "calls"));
  if (!report->is_whole()) GTEST_SKIP() << "this kernel lacks a part of the cage: " << report->missing();
  EXPECT_THAT(escape->attempts, SizeIs(testing::Ge(kSanitized ? 24U : 31U)));
  for (const EscapeAttempt& attempt : escape->attempts) {
    EXPECT_TRUE(attempt.held) << attempt.wall << ": " << attempt.what << ": " << attempt.outcome;
  }
}

// Where memory runs out a worker is ended, and not its supervisor.
TEST_P(CageTest, TheKernelIsOfferedTheWorkerFirst) {
  Workers workers(options());
  ASSERT_TRUE(workers.describe(GetParam(), {}));
  std::ifstream children(fmt::format("/proc/self/task/{}/children", ::gettid()));
  if (!children) GTEST_SKIP() << "this kernel does not tell of children";
  pid_t child = 0;
  ASSERT_TRUE(children >> child);
  int adjustment = 0;
  ASSERT_TRUE(std::ifstream(fmt::format("/proc/{}/oom_score_adj", child)) >> adjustment);
  EXPECT_EQ(adjustment, 500);
}

TEST_P(CageTest, TheSameAttemptsSucceedWithoutIt) {
  WorkerOptions open = options();
  open.cage = CageMode::kOff;
  Workers workers(open);
  const auto escape = workers.try_to_escape(GetParam(), {});
  ASSERT_TRUE(escape) << describe(escape.error());
  std::vector<std::string> worked;
  for (const EscapeAttempt& attempt : escape->attempts) {
    if (attempt.outcome == "it worked") worked.push_back(attempt.what);
  }
  EXPECT_THAT(worked, IsSupersetOf({"internet socket", "run another program", "fork", "signal the supervisor",
                                    "open another input", "open the key", "write outside", "remove another input"}));
  if (kSanitized) return;
  EXPECT_THAT(worked, IsSupersetOf({"stat /etc/passwd", "stat another input", "stat it as a descriptor's",
                                    "look for the key", "read a link"}));
}

TEST_P(CageTest, IsWholeOrNothingRunsWhereItIsRequired) {
  WorkerOptions strict = options();
  strict.cage = CageMode::kRequire;
  std::optional<CageReport> told;
  strict.on_cage = [&](const CageReport& report) { told = report; };
  const auto described = Workers(strict).describe(GetParam(), {});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->mode, CageMode::kRequire);
  EXPECT_EQ(described.has_value(), told->is_whole());
  EXPECT_TRUE(described || described.error().code == ErrorCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Of, CageTest, testing::Values(WorkerKind::kAv, WorkerKind::kImage),
                         [](const auto& kind) { return kind.param == WorkerKind::kAv ? "Video" : "Image"; });

using CagedJobs = CageTest;

TEST_F(CagedJobs, AnOutputAboveTheLimitIsTyped) {
  WorkerOptions small = options();
  small.output_bytes = 1000;
  const ImageJob job = image_job(sample("logo.png", "logo.png"));
  const auto converted = Workers(small).convert_image(job, {});
  ASSERT_FALSE(converted);
  EXPECT_EQ(converted.error().code, ErrorCode::kWorkerFailed);
  EXPECT_EQ(std::get<std::int64_t>(converted.error().limit), 1000);
  EXPECT_THAT(converted.error().fix, HasSubstr("--worker-output"));
  EXPECT_FALSE(fs::exists(job.output));  // what was not there before is not there now
}

TEST_F(CagedJobs, ANameOfAnyBytesWillDo) {
  const std::string input = sample("logo.png", "-\xff\n'\".png");
  const auto converted = Workers(options()).convert_image(image_job(input), {});
  ASSERT_TRUE(converted) << describe(converted.error());
  EXPECT_GT(converted->size_bytes, 0U);
}

TEST_F(CagedJobs, APipeIsRefusedByName) {
  const std::string pipe = (folder_.path() / "pipe.png").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto converted = Workers(options()).convert_image(image_job(pipe), {});
  ASSERT_FALSE(converted);
  EXPECT_EQ(converted.error().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(converted.error().message, "cannot read " + pipe + ": it is not a regular file");
}

TEST_F(CagedJobs, TwoPassesFindAPlaceForTheirStatisticsAndLeaveNothing) {
  const test::TempFolder place;
  ::setenv("TMPDIR", place.path().c_str(), 1);
  {
    Workers workers(options());
    TranscodeJob job;
    job.input = sample("landscape.webm", "a.webm");
    job.output = folder_.file("out.mp4", "").string();
    job.video.action = StreamAction::kEncode;
    job.video.stream_index = 0;
    job.video.picture = job.video.canvas = {64, 48};
    job.video.target_bit_rate_bps = 100'000;
    job.end_us = 1'000'000;
    const auto result = workers.transcode(job, {});
    ASSERT_TRUE(result) << describe(result.error());
    EXPECT_EQ(fs::file_size(job.output), result->size_bytes);
    // The worker's scratch folder is there as long as it runs; what the job had in it is gone.
    for (const auto& scratch : fs::directory_iterator(place.path())) {
      for (const auto& left : fs::directory_iterator(scratch)) {
        EXPECT_EQ(left.path().filename().string().find("tokprep-pass"), std::string::npos) << left.path();
      }
    }
    EXPECT_FALSE(fs::is_empty(place.path()));
  }
  ::unsetenv("TMPDIR");
  EXPECT_TRUE(fs::is_empty(place.path()));
}

}  // namespace
}  // namespace tokprep
