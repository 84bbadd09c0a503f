#include "pipeline/cli/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "base/span.h"
#include "pipeline/cli/json_sink.h"
#include "tests/support/temp_folder.h"

namespace tokprep::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class RunRecordTest : public testing::Test {
 protected:
  std::unique_ptr<RunRecord> open(LogLevel level = LogLevel::kInfo) {
    auto record = RunRecord::open({log_, level, trace_}, sink_);
    EXPECT_TRUE(record) << record.error().message;
    return record ? std::move(*record) : nullptr;
  }

  test::TempFolder folder_;
  std::filesystem::path log_ = folder_.path() / "run.log";
  std::filesystem::path trace_ = folder_.path() / "trace.json";
  std::string out_;
  JsonSink sink_{[this](std::string_view text) { out_ += text; }};
};

TEST_F(RunRecordTest, ALineHasTimeLevelProcessItemAndMessage) {
  const auto record = open();
  record->on(ItemStarted{"drop/a \"b\"\n.mov", "video"});
  record->note(LogLevel::kDebug, "", "not asked for");
  record->note(LogLevel::kWarn, "", "two\nlines\x1b[2J");
  const auto lines = lines_of(log_);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], MatchesRegex("20[0-9-]*T[0-9:]*\\.[0-9][0-9][0-9]Z info [0-9]+ "
                                     "\"drop/a \\\\\"b\\\\\"\\\\n.mov\" begun, video"));
  EXPECT_THAT(lines[1], MatchesRegex(".*Z warn [0-9]+ - two\\\\nlines\\\\x1b\\[2J"));
  EXPECT_THAT(out_, HasSubstr("item_started"));  // passed on
}

TEST_F(RunRecordTest, StagesAndEndsHaveTheirDurations) {
  const auto record = open(LogLevel::kDebug);
  record->on(ItemStarted{"a", "video"});
  record->on(ItemProgress{"a", "probe", 0});
  record->on(ItemProgress{"a", "transcode", 0.1});
  record->on(ItemProgress{"a", "transcode", 0.2});
  ItemFailed failed;
  failed.item = "a";
  failed.error.code = ErrorCode::kCorruptInput;
  failed.error.message = "nothing there";
  record->on(failed);
  const auto lines = lines_of(log_);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_THAT(lines[1], HasSubstr("probe took "));
  EXPECT_THAT(lines[2], HasSubstr("transcode took "));
  EXPECT_THAT(lines[3], MatchesRegex(".* error .*failed in .* s: corrupt_input: nothing there"));
}

// Both append to one file; a line that was written in two parts would be torn by the other's.
TEST_F(RunRecordTest, LinesOfTwoProcessesStayWhole) {
  const std::string message(6000, 'x');
  const pid_t child = ::fork();
  {
    const auto record = open();
    for (int i = 0; i < 300; ++i) record->note(LogLevel::kInfo, "", message);
  }
  if (child == 0) ::_exit(0);
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto lines = lines_of(log_);
  EXPECT_THAT(lines, SizeIs(600));
  for (const std::string& line : lines) EXPECT_THAT(line, testing::EndsWith("- " + message));
}

// "--trace *.jpg": the shell gave the first picture's name as the trace's.
TEST_F(RunRecordTest, AFileThatHoldsSomethingElseIsNotTouched) {
  const std::filesystem::path picture = folder_.file("beach.jpg", "not a log, not a trace");
  for (const bool as_log : {true, false}) {
    const RecordOptions options = as_log ? RecordOptions{picture, LogLevel::kInfo, std::nullopt}
                                         : RecordOptions{std::nullopt, LogLevel::kInfo, picture};
    const auto refused = RunRecord::open(options, sink_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kOutputUnwritable);
    EXPECT_EQ(refused.error().file, picture.string());
    EXPECT_EQ(read_text_file(picture).value(), "not a log, not a trace");
  }
}

TEST_F(RunRecordTest, OwnFilesAreWrittenAgain) {
  for (int run = 0; run < 2; ++run) {
    const auto record = RunRecord::open({log_, LogLevel::kInfo, trace_}, sink_);
    ASSERT_TRUE(record) << record.error().message;
    (*record)->note(LogLevel::kInfo, "", "one");
  }
  EXPECT_THAT(lines_of(log_), SizeIs(2));
  EXPECT_EQ(Json::parse(read_text_file(trace_).value()).size(), 2U) << "the second run's alone";
}

constexpr AppendFile::Kind kAnything{"file", [](std::string_view) { return true; }, false};

TEST_F(RunRecordTest, AFullDiskIsSaidOnceAndStopsNothing) {
  int told = 0;
  auto file = AppendFile::open("/dev/full", kAnything, [&](const Error& error) {
    ++told;
    EXPECT_EQ(error.code, ErrorCode::kNoSpace);
  });
  ASSERT_TRUE(file);
  for (int i = 0; i < 5; ++i) file->write("a line");
  EXPECT_EQ(told, 1);
}

TEST_F(RunRecordTest, ARotatedLogIsBegunAnew) {
  const auto record = open();
  record->note(LogLevel::kInfo, "", "one");
  std::filesystem::rename(log_, folder_.path() / "run.log.1");
  record->reopen_files();
  record->note(LogLevel::kInfo, "", "two");
  EXPECT_THAT(lines_of(log_), testing::ElementsAre(HasSubstr("two")));
}

TEST_F(RunRecordTest, TheTraceIsAnArrayOfPairsThatNest) {
  {
    const auto record = open();
    RunContext run;
    run.observer = record.get();
    const Span item(run, "item", [] { return Json{{"item", "a\xff"}}; });
    { const Span stage(run, "probe"); }
    std::jthread([&] { const Span other(run, "digest"); }).join();
    record->count("workers", 1);
  }
  std::ifstream file(trace_);
  const Json trace = Json::parse(file);
  std::map<int, std::vector<std::string>> open_spans;
  std::size_t spans = 0;
  for (const Json& event : trace) {
    auto& open = open_spans[event["tid"]];
    if (event["ph"] == "B") {
      open.push_back(event["name"]);
      ++spans;
    }
    if (event["ph"] == "E") {
      ASSERT_FALSE(open.empty());
      EXPECT_EQ(open.back(), event["name"]);
      open.pop_back();
    }
  }
  EXPECT_EQ(spans, 3U);
  for (const auto& [track, open] : open_spans) EXPECT_TRUE(open.empty()) << track;
  EXPECT_EQ(open_spans.size(), 3U);  // the process itself, and two threads
}

// What a killed run leaves: each event but the first is on a line of its own, complete.
TEST_F(RunRecordTest, TheTraceIsWrittenAsItComes) {
  const auto record = open();
  record->begin_span("item", Json::object());
  const auto lines = lines_of(trace_);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[0], "[");
  EXPECT_THAT(lines[3], HasSubstr("\"ph\":\"B\""));
  EXPECT_TRUE(lines[3].ends_with("},"));
  record->end_span();
}

TEST(ShownArguments, HoldNoSecrets) {
  const std::vector<std::string> arguments = {"post",
                                              "a b.mov",
                                              "--api-key-command",
                                              "echo secret1",
                                              "--proxy=http://user:secret2@proxy:1",
                                              "--api-url",
                                              "https://user:secret3@host/api?key=secret4",
                                              "--yes"};
  const std::string text = shown_arguments(arguments);
  EXPECT_THAT(text, Not(HasSubstr("secret")));
  EXPECT_EQ(text,
            "\"post\" \"a b.mov\" \"--api-key-command\" \"***\" \"--proxy=***\" \"--api-url\" \"https://host/api\" "
            "\"--yes\"");
}

}  // namespace
}  // namespace tokprep::cli
