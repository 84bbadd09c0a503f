#include "pipeline/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <thread>

#include "pipeline/ledger_schema.h"
#include "pipeline/sqlite.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LedgerPost intent(std::string content_key, std::string idempotency_key = "key-1") {
  LedgerPost post;
  post.item = "/drop/" + content_key;
  post.content_key = std::move(content_key);
  post.idempotency_key = std::move(idempotency_key);
  post.caption = "At the beach";
  post.media_urls = {"https://media.test/a.mp4"};
  post.created = "2026-11-22T10:00:00Z";
  return post;
}

class LedgerTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "state/ledger.db"; }

  Ledger open(std::string account = "account") {
    auto ledger = Ledger::open(file(), std::move(account));
    if (!ledger) throw std::runtime_error(describe(ledger.error()));
    return std::move(*ledger);
  }

  TempFolder folder_;
};

TEST_F(LedgerTest, KeepsAPostAsItWasGiven) {
  LedgerPost post = intent("content");
  post.item = std::string("/drop/it's \"new\"\n\xff\xfe.mov");
  post.caption = "caf\xC3\xA9 \xF0\x9F\x8C\x8A\n'; DROP TABLE posts; --";
  post.media_urls = {"https://media.test/2.jpg", "https://media.test/10.jpg"};
  post.schedule_date = "2026-12-01T12:00:00Z";
  post.stays_pending = true;
  post.source_digests = {"first", "second"};
  ASSERT_TRUE(open().begin(post).value());

  auto found = open().find("content").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->item, post.item);
  EXPECT_EQ(found->caption, post.caption);
  EXPECT_EQ(found->idempotency_key, "key-1");
  EXPECT_EQ(found->state, LedgerState::kIntent);
  EXPECT_EQ(found->media_urls, post.media_urls);
  EXPECT_EQ(found->source_digests, post.source_digests);
  EXPECT_EQ(found->created, post.created);
  EXPECT_EQ(found->schedule_date, post.schedule_date);
  EXPECT_TRUE(found->stays_pending);
  EXPECT_EQ(found->attempt, 1);
}

TEST_F(LedgerTest, GivesTheRightToPostOnce) {
  Ledger ledger = open();
  Ledger other = open();
  ASSERT_TRUE(ledger.begin(intent("content")).value());
  for (const LedgerState state :
       {LedgerState::kIntent, LedgerState::kUnknown, LedgerState::kAccepted, LedgerState::kPublished}) {
    LedgerPost post = *ledger.find("content").value();
    post.state = state;
    ASSERT_TRUE(ledger.update(post));
    EXPECT_FALSE(other.begin(intent("content", "key-2")).value()) << name_of(state);
  }
  EXPECT_EQ(ledger.find("content").value()->idempotency_key, "key-1");
}

TEST_F(LedgerTest, GivesItAnewAfterAFailure) {
  Ledger ledger = open();
  LedgerPost post = *ledger.begin(intent("content")).value();
  post.state = LedgerState::kFailed;
  post.post_id = "first";
  post.error = "refused";
  ASSERT_TRUE(ledger.update(post));

  const auto again = ledger.begin(intent("content", "key-2")).value();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempt, 2);
  EXPECT_EQ(again->idempotency_key, "key-2");
  EXPECT_EQ(again->state, LedgerState::kIntent);
  EXPECT_EQ(again->post_id, "");
  EXPECT_EQ(again->error, "");
}

TEST_F(LedgerTest, HasOneWinnerAmongManyAtOnce) {
  constexpr int kRivals = 8;
  constexpr int kPosts = 5;
  std::atomic<int> wins = 0;
  std::atomic<int> errors = 0;
  std::vector<std::jthread> rivals;
  for (int rival = 0; rival < kRivals; ++rival) {
    rivals.emplace_back([&, rival] {
      auto ledger = Ledger::open(file(), "account");  // all meet a file that is not there yet
      for (int i = 0; ledger && i < kPosts; ++i) {
        const auto claimed = ledger->begin(intent("content-" + std::to_string(i), std::to_string(rival)));
        if (!claimed) ++errors;
        else if (*claimed) ++wins;
      }
      if (!ledger) ++errors;
    });
  }
  rivals.clear();
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(wins, kPosts);
}

TEST_F(LedgerTest, KeepsTheIntentOfAProcessThatWasKilled) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto ledger = Ledger::open(file(), "account");
    if (ledger && ledger->begin(intent("content"))) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  Ledger ledger = open();
  EXPECT_EQ(ledger.find("content").value()->state, LedgerState::kIntent);
  EXPECT_FALSE(ledger.begin(intent("content", "key-2")).value());
}

TEST_F(LedgerTest, DoesNotUndoWhatOthersFoundOut) {
  Ledger ledger = open();
  const LedgerPost claimed = *ledger.begin(intent("content")).value();
  LedgerPost accepted = claimed;
  accepted.state = LedgerState::kAccepted;
  accepted.post_id = "id";
  ASSERT_TRUE(ledger.update(accepted));
  LedgerPost unknown = claimed;
  unknown.state = LedgerState::kUnknown;
  ASSERT_TRUE(ledger.update(unknown));
  EXPECT_EQ(ledger.find("content").value()->state, LedgerState::kAccepted);
  EXPECT_EQ(ledger.find("content").value()->post_id, "id");

  accepted.state = LedgerState::kFailed;
  ASSERT_TRUE(ledger.update(accepted));
  ASSERT_TRUE(ledger.begin(intent("content", "key-2")).value());
  ASSERT_TRUE(ledger.update(accepted));  // of the attempt that is over
  EXPECT_EQ(ledger.find("content").value()->state, LedgerState::kIntent);
}

TEST_F(LedgerTest, FindsPosts) {
  Ledger ledger = open();
  LedgerPost first = *ledger.begin(intent("first")).value();
  LedgerPost second = intent("second", "key-2");
  second.created = "2026-11-22T11:00:00Z";
  second.media_urls = {"https://media.test/1.jpg", "https://media.test/2.jpg"};
  ASSERT_TRUE(ledger.begin(second).value());
  first.state = LedgerState::kPublished;
  first.post_id = "id-1";
  first.url = "https://www.tiktok.com/@a/video/1";
  ASSERT_TRUE(ledger.update(first));

  const auto keys = [](const std::vector<LedgerPost>& posts) {
    std::vector<std::string> found;
    for (const LedgerPost& post : posts) found.push_back(post.content_key);
    return found;
  };
  EXPECT_EQ(ledger.find_by_post_id("id-1").value()->url, first.url);
  EXPECT_FALSE(ledger.find_by_post_id("").value()) << "rows without an id must not match the empty one";
  EXPECT_THAT(keys(ledger.posts(10).value()), ElementsAre("second", "first"));
  EXPECT_THAT(keys(ledger.posts(1).value()), ElementsAre("second"));
  EXPECT_THAT(keys(ledger.unsettled().value()), ElementsAre("second"));
  EXPECT_THAT(keys(ledger.with_media({"https://media.test/2.jpg", "https://media.test/1.jpg"}).value()),
              ElementsAre("second"));
  EXPECT_THAT(keys(ledger.with_media({"https://media.test/2.jpg"}).value()), IsEmpty());
}

TEST_F(LedgerTest, KnowsWhichUploadsAreAlive) {
  Ledger ledger = open();
  const Clock::TimePoint now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  ASSERT_TRUE(ledger.note_upload("digest", "https://media.test/a.mp4", now + std::chrono::days(30)));
  EXPECT_EQ(ledger.live_upload("digest", now).value(), "https://media.test/a.mp4");
  EXPECT_EQ(ledger.live_upload("digest", now + std::chrono::days(30)).value(), std::nullopt);
  EXPECT_EQ(ledger.live_upload("other", now).value(), std::nullopt);
  ASSERT_TRUE(ledger.note_upload("digest", "https://media.test/b.mp4", now + std::chrono::days(60)));
  EXPECT_EQ(ledger.live_upload("digest", now + std::chrono::days(31)).value(), "https://media.test/b.mp4");
}

TEST_F(LedgerTest, KeepsAccountsApart) {
  Ledger mine = open("mine");
  Ledger yours = open("yours");
  ASSERT_TRUE(mine.begin(intent("content")).value());
  ASSERT_TRUE(mine.note_upload("digest", "https://media.test/a.mp4", Clock::TimePoint::max()));
  EXPECT_FALSE(yours.find("content").value());
  EXPECT_THAT(yours.posts(10).value(), IsEmpty());
  EXPECT_EQ(yours.live_upload("digest", {}).value(), std::nullopt);
  EXPECT_TRUE(yours.begin(intent("content")).value());
}

TEST_F(LedgerTest, IsReadableByItsOwnerAlone) {
  const mode_t before = ::umask(0);
  Ledger ledger = open();
  ASSERT_TRUE(ledger.begin(intent("content")).value());
  ::umask(before);
  const auto mode_of = [](const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777U;
  };
  EXPECT_EQ(mode_of(file().parent_path()), 0700U);
  EXPECT_EQ(mode_of(file()), 0600U);
  EXPECT_EQ(mode_of(file().string() + "-wal"), 0600U);
}

TEST_F(LedgerTest, WritesAhead) {
  Ledger ledger = open();
  auto database = sqlite::Database::open(file());
  ASSERT_TRUE(database);
  auto journal = database->prepare("PRAGMA journal_mode");
  ASSERT_TRUE(journal->step().value());
  EXPECT_EQ(journal->text(0), "wal");
}

// These belong to a connection, not to the file, and some are SQLite's own choice where nobody says otherwise: so they
// are said otherwise first. `Ledger::open` prepares its connection in this way, whether the file is new or not.
TEST_F(LedgerTest, WritesFullyAndKeepsReferences) {
  for (const char* state : {"new", "there already"}) {
    auto connection = sqlite::Database::open(folder_.path() / "ledger.db");
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute("PRAGMA synchronous = OFF; PRAGMA trusted_schema = ON; PRAGMA foreign_keys = OFF"));
    ASSERT_TRUE(prepare_ledger_schema(*connection)) << state;
    constexpr std::int64_t kFull = 2;
    EXPECT_EQ(connection->number("PRAGMA synchronous").value(), kFull) << state;
    EXPECT_EQ(connection->number("PRAGMA trusted_schema").value(), 0) << state;
    EXPECT_EQ(connection->number("PRAGMA foreign_keys").value(), 1) << state;
  }
}

TEST_F(LedgerTest, RefusesAFileThatIsNoLedger) {
  const auto text = folder_.file("notes.txt", std::string(4096, 'x'));
  const auto refused = Ledger::open(text, "account");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr(text.string()));

  const auto foreign = folder_.path() / "foreign.db";
  ASSERT_TRUE(sqlite::Database::open(foreign)->execute("CREATE TABLE songs (name TEXT)"));
  const auto also = Ledger::open(foreign, "account");
  ASSERT_FALSE(also);
  EXPECT_EQ(also.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(also.error().file, foreign.string());
}

TEST_F(LedgerTest, RefusesANewerVersion) {
  open();
  ASSERT_TRUE(sqlite::Database::open(file())->execute("PRAGMA user_version = 999"));
  const auto refused = Ledger::open(file(), "account");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("999"));
}

TEST_F(LedgerTest, RefusesAPlaceThatCannotBeWritten) {
  const auto in_the_way = folder_.file("file", "");
  for (const auto& place :
       {in_the_way / "ledger.db", folder_.path(), std::filesystem::path("/proc/tokprep/ledger.db")}) {
    const auto refused = Ledger::open(place, "account");
    ASSERT_FALSE(refused) << place;
    EXPECT_EQ(refused.error().code, ErrorCode::kOutputUnwritable) << describe(refused.error());
  }
}

TEST(SqliteErrors, SayWhatTheCallerCanDo) {
  EXPECT_EQ(sqlite::code_of(SQLITE_FULL, 0), ErrorCode::kNoSpace);
  EXPECT_EQ(sqlite::code_of(SQLITE_IOERR_WRITE, ENOSPC), ErrorCode::kNoSpace);
  EXPECT_EQ(sqlite::code_of(SQLITE_IOERR_READ, EIO), ErrorCode::kIo);
  EXPECT_EQ(sqlite::code_of(SQLITE_READONLY_DIRECTORY, 0), ErrorCode::kOutputUnwritable);
  EXPECT_EQ(sqlite::code_of(SQLITE_CANTOPEN, EACCES), ErrorCode::kOutputUnwritable);
  EXPECT_EQ(sqlite::code_of(SQLITE_CANTOPEN, ENOSPC), ErrorCode::kNoSpace);
  EXPECT_EQ(sqlite::code_of(SQLITE_CORRUPT, 0), ErrorCode::kInvalidArgument);
  EXPECT_EQ(sqlite::code_of(SQLITE_BUSY_SNAPSHOT, 0), ErrorCode::kTimeout);
  EXPECT_EQ(sqlite::code_of(SQLITE_MISUSE, 0), ErrorCode::kInternal);
}

TEST(SqliteTransaction, IsUndoneUnlessCommitted) {
  TempFolder folder;
  auto database = sqlite::Database::open(folder.path() / "some.db");
  ASSERT_TRUE(database->execute("CREATE TABLE numbers (n INTEGER)"));
  {
    auto transaction = sqlite::Transaction::begin(*database);
    ASSERT_TRUE(database->execute("INSERT INTO numbers VALUES (1)"));
  }
  EXPECT_EQ(database->number("SELECT count(*) FROM numbers").value(), 0);
}

TEST(StateFolder, FollowsTheEnvironment) {
  ::setenv("HOME", "/home/a", 1);
  ::unsetenv("TOKPREP_STATE_DIR");
  ::unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(state_folder(), "/home/a/.local/state/tokprep");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(state_folder(), "/home/a/.local/state/tokprep");
  ::setenv("XDG_STATE_HOME", "/var/state", 1);
  EXPECT_EQ(state_folder(), "/var/state/tokprep");
  ::setenv("TOKPREP_STATE_DIR", "here", 1);
  EXPECT_EQ(state_folder(), "here");
}

}  // namespace
}  // namespace tokprep
