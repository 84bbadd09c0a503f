#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "tests/cli/post_fixture.h"
#include "tests/cli/tiny_disk.h"
#include "tests/support/clips.h"

namespace tokprep::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

/// A watch over "drop" into "out", and what it says.
class Watch {
 public:
  Watch(const std::vector<std::string>& command, const ProcessSettings& settings) : process_(command, settings) {}

  /// The first line of this type about this item ("" for any) that was not asked for yet: items end in any order.
  Json next(std::string_view type, const std::string& item = "") {
    const auto fits = [&](const Json& line) {
      return line["type"] == type && (item.empty() || line.value("item", "") == item);
    };
    if (const auto place = std::ranges::find_if(unasked_, fits); place != unasked_.end()) {
      Json line = std::move(*place);
      unasked_.erase(place);
      return line;
    }
    for (std::string text = process_.next_line(); !text.empty(); text = process_.next_line()) {
      lines_ += text + "\n";
      Json line = Json::parse(text, nullptr, false);
      if (fits(line)) return line;
      unasked_.push_back(std::move(line));
    }
    ADD_FAILURE() << "no " << type << " of " << item << " among\n" << lines_;
    return Json::object();
  }

  /// All that was read so far.
  [[nodiscard]] const std::string& lines() const { return lines_; }

  void signal(int number) const { process_.send_signal(number); }

  ProcessResult stop(int number = SIGTERM) {
    process_.send_signal(number);
    return end();
  }

  /// Waits for its own end.
  ProcessResult end() {
    ProcessResult result = process_.wait();
    result.out = lines_ + result.out;
    return result;
  }

 private:
  RunningProcess process_;
  std::string lines_;
  std::vector<Json> unasked_;
};

class WatchTest : public PostTest {
 protected:
  void SetUp() override {}

  std::unique_ptr<Watch> watch(const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {TOKPREP_PROGRAM, "watch",    path("drop"), "-o",
                                        path("out"),     "--settle", "300ms",      "--json"};
    command.insert(command.end(), more.begin(), more.end());
    auto watch = std::make_unique<Watch>(command, settings_);
    EXPECT_THAT(watch->next("note").value("message", ""), HasSubstr("watching"));
    return watch;
  }

  [[nodiscard]] std::string drop(const std::string& name) const { return path("drop/" + name).string(); }

  /// What was promised of lines, but that an item may end more than once.
  static int ends_of(const ProcessResult& result, const std::string& type) { return ends_of(result.out, type); }
  static int ends_of(const std::string& lines, const std::string& type) {
    int ends = 0;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) ends += Json::parse(line)["type"] == type ? 1 : 0;
    return ends;
  }
};

// A new time alone is told as a write that no closing follows.
TEST_F(WatchTest, TakesUpAFileWhoseTimeWasSetAfterwards) {
  auto running = watch();
  const fs::path file = copy_sample("logo.png", "drop/a.png");
  std::this_thread::sleep_for(1s);
  fs::last_write_time(file, fs::file_time_type::clock::now() - 1h);
  const fs::path other = copy_sample("logo.png", "drop/b.png");
  fs::last_write_time(other, fs::file_time_type::clock::now() - 1h);
  running->next("item_done", drop("b.png"));
  EXPECT_EQ(running->stop().exit_code, 143);
}

TEST_F(WatchTest, DoesWhatArrivesWhileItRunsAndNothingTwice) {
  (void)copy_sample("logo.png", "drop/there already.png");
  auto running = watch();
  running->next("item_done", drop("there already.png"));
  (void)copy_sample("logo.png", "aside/moved.png");
  fs::create_directories(path("drop/new/deeper"));
  fs::rename(path("aside/moved.png"), path("drop/moved.png"));
  (void)copy_sample("city.mp4", "drop/new/deeper/city.mp4");
  for (const auto& name : {"moved.png", "new/deeper/city.mp4"}) running->next("item_done", drop(name));
  const auto ended = running->stop();
  EXPECT_EQ(ended.exit_code, 143);
  EXPECT_EQ(ends_of(ended, "item_done"), 3);
  EXPECT_TRUE(fs::exists(path("out/new/deeper/city.mp4")));

  auto again = watch();
  for (int i = 0; i < 3; ++i) again->next("item_skipped");
  EXPECT_EQ(again->stop(SIGINT).exit_code, 130);
}

TEST_F(WatchTest, ASlowWriterIsWaitedFor) {
  auto running = watch();
  const std::string bytes = bytes_of(sample("city.mp4"));
  {
    std::ofstream writer(path("drop/slow.mp4"), std::ios::binary);
    writer << bytes.substr(0, bytes.size() / 2) << std::flush;
    std::this_thread::sleep_for(1s);  // longer than the time to settle, with the file open
    writer << bytes.substr(bytes.size() / 2);
  }
  running->next("item_done", drop("slow.mp4"));
  const auto ended = running->stop();
  EXPECT_EQ(ends_of(ended, "item_failed"), 0) << ended.out;
}

/// Copies a sample in two parts and closes the file between them for longer than the time to settle.
void copy_in_two(const std::string& name, const fs::path& to) {
  const std::string bytes = bytes_of(sample(name));
  std::ofstream(to, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  std::this_thread::sleep_for(1500ms);
  std::ofstream(to, std::ios::binary | std::ios::app) << bytes.substr(bytes.size() / 2);
}

TEST_F(WatchTest, AWriterThatClosesBetweenTwoPartsIsWaitedFor) {
  for (const std::vector<std::string>& how : {std::vector<std::string>{}, {"--poll", "100ms"}}) {
    const std::string name = how.empty() ? "told.mkv" : "polled.mkv";
    auto running = watch(how);
    copy_in_two("beach.mkv", path("drop/" + name));
    running->next("item_done", drop(name));
    const auto ended = running->stop();
    EXPECT_EQ(ends_of(ended, "item_failed"), 0) << ended.out;
    EXPECT_EQ(bytes_of(path("drop/" + name)), bytes_of(sample("beach.mkv")));
  }
}

TEST_F(WatchTest, AHalfThatWasGivenUpIsTheDamagedFileItIs) {
  (void)given_up(cut_sample("street.mov", 100'000, "drop/old.mov"));
  (void)cut_sample("street.mov", 100'000, "drop/new.mov");
  const auto lines = run_json({"watch", path("drop"), "-o", path("out"), "--once", "--settle", "100ms"}, 4);
  EXPECT_EQ(only(lines, "item_failed")["item"], drop("old.mov"));
  const auto is_left = [&](const Json& note) { return note.value("item", "") == drop("new.mov"); };
  EXPECT_TRUE(std::ranges::any_of(of_type(lines, "note"), is_left));
}

TEST_F(WatchTest, AFailureLeavesItsReasonUntilItSucceeds) {
  fs::create_directory(path("drop/sub"));
  (void)folder_.file("drop/sub/beach.mp4", "this is no video");
  auto running = watch();
  running->next("item_failed", drop("sub/beach.mp4"));
  const fs::path reason = path("out/failed/sub/beach.reason.json");
  const Json told = Json::parse(bytes_of(reason), nullptr, false);
  EXPECT_EQ(told.value("item", ""), drop("sub/beach.mp4"));
  EXPECT_FALSE(told["error"].value("code", "").empty());
  fs::copy_file(sample("city.mp4"), path("drop/sub/beach.mp4"), fs::copy_options::overwrite_existing);
  running->next("item_done", drop("sub/beach.mp4"));
  running->stop();
  EXPECT_FALSE(fs::exists(path("out/failed")));
}

TEST_F(WatchTest, AReasonGoesWithItsItem) {
  (void)folder_.file("drop/beach.mp4", "this is no video");
  fs::create_directories(path("out/failed"));
  const fs::path strangers = folder_.file("out/failed/mine.reason.json", "{}");
  auto running = watch();
  running->next("item_failed", drop("beach.mp4"));
  ASSERT_TRUE(fs::exists(path("out/failed/beach.reason.json")));
  fs::remove(path("drop/beach.mp4"));
  for (int i = 0; i < 200 && fs::exists(path("out/failed/beach.reason.json")); ++i) std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(fs::exists(path("out/failed/beach.reason.json")));
  EXPECT_TRUE(fs::exists(strangers));
  running->stop();
}

TEST_F(WatchTest, PollsWhereItIsToldToAndSaysSo) {
  auto running = watch({"--poll", "100ms"});
  (void)copy_sample("logo.png", "drop/a.png");
  running->next("item_done", drop("a.png"));
  EXPECT_THAT(running->stop().out, HasSubstr("--poll was given"));
}

TEST_F(WatchTest, AFolderThatGoesAwayIsWaitedFor) {
  auto running = watch();
  fs::rename(path("drop"), path("away"));
  EXPECT_THAT(running->next("note").value("message", ""), HasSubstr("is gone"));
  fs::create_directory(path("drop"));
  EXPECT_THAT(running->next("note").value("message", ""), HasSubstr("watching"));
  (void)copy_sample("logo.png", "drop/a.png");
  running->next("item_done", drop("a.png"));
  EXPECT_EQ(running->stop().exit_code, 143);
}

TEST_F(WatchTest, OnceDoesWhatIsThereAndEnds) {
  (void)copy_sample("logo.png", "drop/a.png");
  (void)given_up(folder_.file("drop/b.png", "\x89PNG\r\n\x1a\n damaged"));
  const auto lines = run_json({"watch", path("drop"), "-o", path("out"), "--once", "--settle", "100ms"}, 3);
  EXPECT_EQ(only(lines, "item_done")["item"], drop("a.png"));
  EXPECT_EQ(only(lines, "item_failed")["item"], drop("b.png"));
}

// Of two with one name the first in order would have the plain one; where a result stands it is that of its source.
TEST_F(WatchTest, OneKeepsItsPlaceWhenANewcomerHasItsName) {
  (void)copy_sample("city.mp4", "drop/IMG_1.mp4");
  auto running = watch();
  running->next("item_done", drop("IMG_1.mp4"));
  (void)copy_sample("logo.png", "aside.png");
  fs::rename(path("aside.png"), path("drop/IMG_1.jpg"));
  running->next("item_done", drop("IMG_1.jpg"));
  running->next("item_skipped", drop("IMG_1.mp4"));
  running->stop();
  EXPECT_THAT(files_in("out"), testing::IsSupersetOf({"IMG_1.mp4", "IMG_1.cover.jpg", "IMG_1.tokprep.json",
                                                      "IMG_1.jpg.jpg", "IMG_1.jpg.tokprep.json"}));
}

TEST_F(WatchTest, OnceLeavesNothingUndoneHoweverManyThereAre) {
  for (int i = 0; i < 600; ++i) {
    (void)given_up(folder_.file(fmt::format("drop/{}.png", i), "\x89PNG\r\n\x1a\n damaged"));
  }
  const auto lines = run_json({"watch", path("drop"), "-o", path("out"), "--once", "--settle", "50ms"},
                              exit_code(ErrorCode::kCorruptInput));
  EXPECT_EQ(of_type(lines, "item_failed").size(), 600U);
}

// What a full disk kept from being begun has ended as well: nothing stays under way.
TEST_F(WatchTest, AFullDiskEndsWhatWasNotBegun) {
  const TinyDisk disk(path("disk"), 8 * 1024);
  if (!disk.mounted()) GTEST_SKIP() << "a full disk needs the right to mount a tmpfs";
  for (int i = 0; i < 12; ++i) (void)copy_sample("logo.png", fmt::format("drop/{}.png", i));
  settings_.timeout = 30s;
  const auto lines = run_json({"watch", path("drop"), "-o", path("disk"), "--once", "--settle", "50ms"},
                              exit_code(ErrorCode::kNoSpace));
  const auto failures = of_type(lines, "item_failed");
  EXPECT_EQ(failures.size(), 12U);
  for (const Json& failure : failures) EXPECT_EQ(failure["error"]["code"], "no_space") << failure;
}

TEST_F(WatchTest, OnceOfAFolderThatGoesAwayFails) {
  (void)copy_sample("logo.png", "drop/a.png");  // with nothing there it would be over at once
  auto running = watch({"--once", "--settle", "20s"});
  fs::rename(path("drop"), path("away"));
  EXPECT_EQ(running->end().exit_code, exit_code(ErrorCode::kInputUnreadable));
}

TEST_F(WatchTest, OnlyOneMayWatchIntoAFolder) {
  auto running = watch();
  const auto second = run({"watch", path("drop"), "-o", path("out"), "--once"});
  EXPECT_EQ(second.exit_code, exit_code(ErrorCode::kOutputUnwritable));
  EXPECT_THAT(second.err, HasSubstr("another tokprep watch"));
}

TEST_F(WatchTest, AFolderOfResultsThatIsRemovedIsTakenAnew) {
  auto running = watch();
  fs::rename(path("out"), path("away"));  // all at once, unlike removing it
  EXPECT_THAT(running->next("note").value("message", ""), HasSubstr("was removed"));
  EXPECT_EQ(run({"watch", path("drop"), "-o", path("out"), "--once"}).exit_code,
            exit_code(ErrorCode::kOutputUnwritable));
  (void)copy_sample("logo.png", "drop/a.png");
  running->next("item_done", drop("a.png"));
  running->stop();
}

TEST_F(WatchTest, AnotherWatchThatTookTheFolderOfResultsIsLeftAlone) {
  fs::create_directories(path("others"));
  const FileDescriptor lock(::open(path("others/.tokprep-watch.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  auto running = watch();
  ASSERT_EQ(::renameat2(AT_FDCWD, path("others").c_str(), AT_FDCWD, path("out").c_str(), RENAME_EXCHANGE), 0);
  const auto ended = running->end();
  EXPECT_EQ(ended.exit_code, exit_code(ErrorCode::kOutputUnwritable));
  EXPECT_THAT(ended.out, HasSubstr("another tokprep watch"));
}

TEST_F(WatchTest, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(run({"watch", path("drop")}).exit_code, 2);
  EXPECT_EQ(run({"watch", path("drop"), "-o", path("drop"), "--once"}).exit_code, 2);
  const auto asked = run({"watch", path("drop"), "-o", path("out"), "--post"});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_THAT(asked.err, HasSubstr("--yes"));
  EXPECT_EQ(run({"watch", path("nothing"), "-o", path("out"), "--once"}).exit_code,
            exit_code(ErrorCode::kInputUnreadable));
}

// What a service manager hears: ready, how it goes, that it lives.
TEST_F(WatchTest, TellsItsServiceManager) {
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path("notify").string();
  ASSERT_LT(name.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, name.data(), name.size());
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const timeval patience{20, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  settings_.environment["NOTIFY_SOCKET"] = name;
  settings_.environment["WATCHDOG_USEC"] = "400000";
  auto running = watch();
  std::string heard;
  const auto hears = [&](const std::string& what) {
    std::array<char, 512> buffer{};
    while (heard.find(what) == std::string::npos) {
      const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) return false;
      heard += std::string(buffer.data(), static_cast<std::size_t>(got)) + "\n";
    }
    return true;
  };
  EXPECT_TRUE(hears("READY=1")) << heard;
  EXPECT_TRUE(hears("WATCHDOG=1")) << heard;
  (void)copy_sample("logo.png", "drop/a.png");
  EXPECT_TRUE(hears("STATUS=1 done")) << heard;
  running->signal(SIGTERM);
  EXPECT_TRUE(hears("STOPPING=1")) << heard;
}

// Of a batch that is under way nothing is waited for.
TEST_F(WatchTest, AHangupHasTheLogAndTheSettingsReadAtOnce) {
  const int count = 60;
  for (int i = 0; i < count; ++i) (void)copy_sample("logo.png", fmt::format("drop/{}.png", i));
  auto running = watch({"--log", path("watch.log").string()});
  running->next("item_done");
  fs::rename(path("watch.log"), path("watch.log.1"));
  running->signal(SIGHUP);
  EXPECT_THAT(running->next("note").value("message", ""), HasSubstr("the settings were read again"));
  EXPECT_LT(ends_of(running->lines(), "item_done"), count);
  for (int i = 1; i < count; ++i) running->next("item_done");
  running->stop();
  EXPECT_THAT(bytes_of(path("watch.log")), HasSubstr("done"));
}

class WatchPostTest : public WatchTest {
 protected:
  void SetUp() override { ASSERT_TRUE(start_sandbox()); }
};

TEST_F(WatchPostTest, PostsOnceAlsoWhenWordsChangeAfterwardsAndAfterARestart) {
  (void)folder_.file("drop/logo.txt", "the first words");
  const std::vector<std::string> options = {"--post",      "--yes", "--log",   path("watch.log").string(),
                                            "--log-level", "debug", "--trace", path("trace.json").string()};
  auto running = watch(options);
  (void)copy_sample("logo.png", "drop/logo.png");
  EXPECT_EQ(running->next("item_done", drop("logo.png"))["post"]["status"], "pending");
  (void)folder_.file("drop/logo.txt", "other words");
  EXPECT_THAT(running->next("item_skipped", drop("logo.png")).value("reason", ""), HasSubstr("posted"));
  EXPECT_EQ(running->stop().exit_code, 143);
  auto again = watch(options);
  again->next("item_skipped", drop("logo.png"));
  again->stop();
  EXPECT_EQ(posts_at_service(), 1U);

  const std::string log = bytes_of(path("watch.log"));
  const std::string trace = bytes_of(path("trace.json"));
  for (const std::string& text : {log, trace})
    EXPECT_THAT(text, Not(HasSubstr(settings_.environment.at("AYRSHARE_API_KEY"))));
  EXPECT_TRUE(Json::parse(trace, nullptr, false).is_array());
  EXPECT_THAT(log, HasSubstr("POST /post: HTTP 200 in "));
  EXPECT_THAT(log, HasSubstr("tokprep-image-worker (pid "));
  EXPECT_THAT(log, HasSubstr("ended: "));
}

TEST_F(WatchPostTest, WordsThatComeWhileAnItemWaitsAreThoseThatGoOut) {
  if (!have_ffmpeg()) GTEST_SKIP() << "no ffmpeg program to make clips with";
  auto running = watch({"--jobs", "1", "--post", "--yes"});
  // Keeps the only worker busy for some seconds.
  const auto film = make_clip(folder_, "-f lavfi -i testsrc2=s=1080x1080:r=60:d=8 -c:v mpeg4 -q:v 2", "film.mp4");
  fs::rename(film, path("drop/film.mp4"));
  running->next("item_started", drop("film.mp4"));
  (void)folder_.file("drop/logo.txt", "words with a mistake");
  (void)copy_sample("logo.png", "drop/logo.png");
  std::this_thread::sleep_for(2s);
  (void)folder_.file("drop/logo.txt", "words without");
  EXPECT_THAT(running->next("item_skipped", drop("logo.png")).value("reason", ""),
              HasSubstr("changed while it waited"));
  running->next("item_done", drop("logo.png"));
  running->next("item_done", drop("film.mp4"));
  running->stop();
  const Json book = Json::parse(bytes_of(path("sandbox/posts.json")));
  std::vector<std::string> texts;  // of the film, which has none, and of the picture: either may go out first
  for (const Json& post : book["posts"]) texts.push_back(post["request"].value("post", ""));
  EXPECT_THAT(texts, UnorderedElementsAre("", "words without"));
}

// A backup, a change of rights: what was posted is posted again only where its bytes are others.
TEST_F(WatchPostTest, WhatCountsAsChangedIsTheContent) {
  (void)folder_.file("drop/logo.txt", "first words");
  auto running = watch({"--post", "--yes"});
  (void)copy_sample("logo.png", "drop/logo.png");
  running->next("item_done", drop("logo.png"));
  std::this_thread::sleep_for(1100ms);  // the ledger counts seconds
  (void)folder_.file("drop/logo.txt", "second words");
  fs::permissions(path("drop/logo.png"), fs::perms::owner_all);
  EXPECT_THAT(running->next("item_skipped", drop("logo.png")).value("reason", ""), HasSubstr("the same since"));
  fs::rename(path("out"), path("away"));  // nor does it take a certificate to tell
  (void)folder_.file("drop/logo.txt", "third words");
  running->next("item_skipped", drop("logo.png"));
  EXPECT_EQ(posts_at_service(), 1U);
  std::ofstream(path("drop/logo.png"), std::ios::binary | std::ios::app) << "other bytes";
  running->next("item_done", drop("logo.png"));
  running->stop();
  EXPECT_EQ(posts_at_service(), 2U);
}

TEST_F(WatchPostTest, ALostPostIsNotTakenForOneThatIsOutAfterARestart) {
  sandbox_.reset();
  const auto faults =
      folder_.file("faults.json", R"({"rules":[{"match":{"endpoint":"post"},"fault":{"kind":"cut_before"}}]})");
  ASSERT_TRUE(start_sandbox("100ms", {"--faults", faults.string()}));
  (void)copy_sample("logo.png", "drop/logo.png");
  for (int run = 0; run < 2; ++run) {
    auto running = watch({"--post", "--yes"});
    EXPECT_EQ(running->next("item_failed", drop("logo.png"))["error"]["code"], "outcome_unknown");
    EXPECT_EQ(ends_of(running->stop(), "item_skipped"), 0);
    EXPECT_TRUE(fs::exists(path("out/failed/logo.reason.json")));
  }
  (void)folder_.file("drop/logo.txt", "other words");
  EXPECT_THAT(watch({"--post", "--yes"})->next("item_skipped", drop("logo.png")).value("reason", ""),
              HasSubstr("submitted, with other words"));
  EXPECT_EQ(posts_at_service(), 0U);
}

TEST_F(WatchPostTest, ALostPostIsNotSentAgainWithOtherOptions) {
  sandbox_.reset();
  const auto faults =
      folder_.file("faults.json", R"({"rules":[{"match":{"endpoint":"post","nth":1},"fault":{"kind":"cut_before"}}]})");
  ASSERT_TRUE(start_sandbox("100ms", {"--faults", faults.string()}));
  (void)copy_sample("logo.png", "drop/logo.png");
  for (int run = 0; run < 2; ++run) {
    auto running = watch({"--post", "--yes"});
    EXPECT_EQ(running->next("item_failed", drop("logo.png"))["error"]["code"], "outcome_unknown");
    running->stop();
    (void)folder_.file("drop/tokprep.toml", "[post]\nvisibility = \"private\"\n");
  }
  EXPECT_EQ(posts_at_service(), 0U) << "a second one would have gone through";
}

}  // namespace
}  // namespace tokprep::test
