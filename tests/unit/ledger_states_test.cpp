#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "pipeline/ledger.h"
#include "pipeline/ledger_view.h"
#include "pipeline/sqlite.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using enum LedgerState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::array kAll = {kPlanned, kIntent, kAccepted, kPublished, kFailed, kUnknown, kCancelled};

class LedgerStates : public testing::Test {
 protected:
  Ledger open(const std::string& account = "account") { return std::move(*Ledger::open(file_, account, clock_)); }
  LedgerView view() { return std::move(*LedgerView::open(file_)); }
  sqlite::Database raw() { return std::move(*sqlite::Database::open(file_)); }

  LedgerPost intent(const std::string& key, const std::string& caption = "At the beach") {
    LedgerPost post;
    post.item = "/drop/" + key + ".mov";
    post.content_key = key;
    post.idempotency_key = "idem-" + key;
    post.caption = caption;
    post.media_urls = {"https://media.test/" + key + ".mp4"};
    post.created = to_iso8601(clock_.now());
    return post;
  }

  /// A row in this state, whatever way leads there.
  LedgerPost in_state(Ledger& ledger, const std::string& key, LedgerState state) {
    LedgerPost post = intent(key);
    if (state == kPlanned) {
      EXPECT_TRUE(ledger.plan(post, {}));
    } else {
      post = ledger.begin(post).value().value();
      post.state = state;
      if (state == kAccepted || state == kPublished) post.post_id = "id-" + key;
      EXPECT_TRUE(ledger.update(post).value());
    }
    return ledger.find(key).value().value();
  }

  std::vector<std::string> problems(Clock::TimePoint now) {
    std::vector<std::string> kinds;
    const auto found = view().check(now).value();
    for (const LedgerProblem& problem : found) kinds.emplace_back(name_of(problem.kind));
    return kinds;
  }

  test::TempFolder folder_;
  std::filesystem::path file_ = folder_.path() / "ledger.db";
  test::FakeClock clock_;
};

TEST_F(LedgerStates, TakeThePermittedStepsAndNoOthers) {
  Ledger ledger = open();
  int permitted = 0;
  for (const LedgerState from : kAll) {
    for (const LedgerState to : kAll) {
      const std::string key = std::string(name_of(from)) + "-" + std::string(name_of(to));
      LedgerPost post = in_state(ledger, key, from);
      post.state = to;
      EXPECT_EQ(ledger.update(post).value(), may_become(from, to)) << key;
      EXPECT_EQ(ledger.find(key).value()->state, may_become(from, to) ? to : from) << key;
      permitted += static_cast<int>(may_become(from, to));
    }
  }
  EXPECT_EQ(permitted, 31) << "24 steps, and each state again";
}

TEST_F(LedgerStates, AreGuardedByTheFileItself) {
  Ledger ledger = open();
  for (const LedgerState from : kAll) {
    for (const LedgerState to : kAll) {
      const std::string key = "raw-" + std::string(name_of(from)) + "-" + std::string(name_of(to));
      in_state(ledger, key, from);
      const std::string sql =
          "UPDATE posts SET state = '" + std::string(name_of(to)) + "' WHERE content_key = '" + key + "'";
      EXPECT_EQ(raw().execute(sql.c_str()).has_value(), may_become(from, to)) << key;
    }
  }
  EXPECT_FALSE(raw().execute("UPDATE posts SET state = 'lost' WHERE content_key = 'raw-failed-failed'"));
}

TEST_F(LedgerStates, NothingThatIsOutOrMayBeIsClaimedAgain) {
  Ledger ledger = open();
  for (const LedgerState state : kAll) {
    const std::string key(name_of(state));
    in_state(ledger, key, state);
    const bool claimed = ledger.begin(intent(key)).value().has_value();
    EXPECT_EQ(claimed, state == kPlanned || state == kFailed || state == kCancelled) << key;
    EXPECT_EQ(claimed, may_be_claimed(state));
  }
  EXPECT_EQ(ledger.find("planned").value()->attempt, 1);
  EXPECT_EQ(ledger.find("failed").value()->attempt, 2);
}

TEST_F(LedgerStates, EachStepIsKeptWithItsTime) {
  Ledger ledger = open();
  LedgerPost post = intent("beach");
  ASSERT_TRUE(ledger.plan(post, {}));
  clock_.advance(1min);
  post = ledger.begin(post).value().value();
  clock_.advance(1min);
  post.state = kFailed;
  post.error = "too wide";
  ASSERT_TRUE(ledger.update(post).value());
  ASSERT_TRUE(ledger.update(post).value()) << "said again";

  for (const char* name : {"/drop/beach.mov", "beach.mov"}) {
    const auto stories = view().stories(name).value();
    ASSERT_THAT(stories, SizeIs(1)) << name;
    const auto& events = stories[0].events;
    ASSERT_THAT(events, SizeIs(3)) << name;
    EXPECT_EQ(events[0].to, kPlanned);
    EXPECT_FALSE(events[0].from);
    EXPECT_EQ(events[1].from, kPlanned);
    EXPECT_EQ(events[2].to, kFailed);
    EXPECT_EQ(events[2].why, "too wide");
    EXPECT_EQ(events[2].at, "2026-11-22T00:02:00Z");
  }
  EXPECT_THAT(view().stories("each.mov").value(), IsEmpty()) << "not the end of a name";
}

TEST_F(LedgerStates, TheTwoThatClaimOneSlotGetOne) {
  Ledger first = open();
  Ledger second = open();
  const SlotWish wish{{6, 1}, OverCap::kSchedule};
  EXPECT_EQ(first.begin(intent("one"), wish).value().post->schedule_date, "");
  EXPECT_EQ(second.begin(intent("two"), wish).value().post->schedule_date, "2026-11-23T00:00:01Z");
  EXPECT_EQ(first.begin(intent("three"), wish).value().post->schedule_date, "2026-11-24T00:00:02Z");
  const Claim full = second.begin(intent("four"), {{6, 1}, OverCap::kStop}).value();
  EXPECT_FALSE(full.post);
  ASSERT_TRUE(full.slot);
  EXPECT_EQ(full.slot->kind, Slot::Kind::kFull);
  EXPECT_FALSE(second.find("four").value()) << "nothing is claimed without a place";
  const Claim gone = second.begin(intent("one"), wish).value();
  EXPECT_FALSE(gone.post || gone.slot);
  EXPECT_TRUE(open("another").begin(intent("one"), wish).value().post->schedule_date.empty()) << "another account";
}

TEST_F(LedgerStates, APostIsCountedOnceHoweverItIsKnown) {
  Ledger ledger = open();
  LedgerPost ours = ledger.begin(intent("ours")).value().value();
  ours.state = kAccepted;
  ours.post_id = "id-ours";
  ASSERT_TRUE(ledger.update(ours).value());
  const Clock::TimePoint now = clock_.now();
  ASSERT_TRUE(ledger.note_history({{"id-ours", "At the beach", now}, {"by-hand", "Hello", now}}));
  EXPECT_EQ(ledger.history_read().value(), now);
  EXPECT_TRUE(ledger.begin(intent("third"), {{6, 3}}).value().post);
  EXPECT_FALSE(ledger.begin(intent("fourth"), {{6, 3}}).value().post);

  ours.state = kFailed;
  ASSERT_TRUE(ledger.update(ours).value());
  EXPECT_TRUE(ledger.begin(intent("fourth"), {{6, 3}}).value().post) << "one that failed does not count";
}

WebhookEvent event(const std::string& key, const std::string& id, PostState state) {
  WebhookEvent event;
  event.key = key;
  event.action = "scheduled";
  event.kind = WebhookKind::kPost;
  event.post.id = id;
  event.post.state = state;
  if (state == PostState::kPublished) event.post.url = "https://www.tiktok.com/@a/video/7404";
  if (state == PostState::kFailed) event.post.errors = {{0, "frame_rate_check_failed", "tiktok"}};
  return event;
}

TEST_F(LedgerStates, ANewKeyTakesOverWhatItsProfileHas) {
  Ledger before = open("old+profile");
  ASSERT_TRUE(before.note_account("Studio", "ref"));
  in_state(before, "out", kPublished);
  in_state(before, "lost", kUnknown);
  in_state(before, "both", kAccepted);
  in_state(before, "failed", kFailed);
  in_state(before, "meant", kPlanned);
  ASSERT_TRUE(before.note_upload("digest", "https://media.test/a.mp4", clock_.now() + 24h));
  ASSERT_TRUE(before.note_history({}));
  Ledger elsewhere = open("old");  // the primary profile, and one without a name: the service tells them alike
  ASSERT_TRUE(elsewhere.note_account("Studio", "ref"));
  in_state(elsewhere, "theirs", kPublished);

  Ledger now = open("new+profile");
  in_state(now, "both", kFailed);
  in_state(now, "failed", kAccepted);
  EXPECT_EQ(now.note_account("Studio", "").value(), 0) << "nobody is told by no name";
  EXPECT_EQ(now.note_account("Studio", "other").value(), 0);
  EXPECT_EQ(now.note_account("Studio", "ref").value(), 4);
  EXPECT_EQ(now.find("out").value()->state, kPublished);
  EXPECT_EQ(now.find("lost").value()->state, kUnknown);
  EXPECT_EQ(now.find("both").value()->state, kAccepted) << "the one that is out";
  EXPECT_EQ(now.find("failed").value()->state, kAccepted);
  EXPECT_FALSE(now.find("theirs").value());
  EXPECT_TRUE(now.live_upload("digest", clock_.now()).value());
  EXPECT_EQ(now.note_account("Studio", "ref").value(), 0);
  EXPECT_FALSE(before.history_read().value()) << "it is read again before it counts";
  EXPECT_THAT(problems(clock_.now()), ElementsAre("unknown"));

  EXPECT_EQ(before.begin(intent("next")).error().code, ErrorCode::kAuth);
  EXPECT_EQ(open("old+profile").begin(intent("out"), {}).error().code, ErrorCode::kAuth);
  EXPECT_EQ(before.note_account("Studio", "ref").value(), 5) << "the service knows it: it is the current one again";
  EXPECT_TRUE(before.begin(intent("next")).value());
}

TEST_F(LedgerStates, AWebhookIsTakenOnce) {
  Ledger ledger = open();
  in_state(ledger, "beach", kAccepted);
  Ledger receiver = open("");
  const auto first = receiver.note_webhook(event("hook-1", "id-beach", PostState::kPublished)).value();
  EXPECT_TRUE(first.is_new);
  ASSERT_TRUE(first.post);
  EXPECT_EQ(first.post->state, kPublished);
  EXPECT_EQ(ledger.find("beach").value()->url, "https://www.tiktok.com/@a/video/7404");
  const auto again = receiver.note_webhook(event("hook-1", "id-beach", PostState::kFailed)).value();
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.post->state, kPublished);
  EXPECT_TRUE(receiver.note_webhook(event("hook-2", "unheard-of", PostState::kPublished)).value().is_new);
  EXPECT_THAT(view().deliveries().value(), SizeIs(2));
}

TEST_F(LedgerStates, AWebhookThatIsFasterThanTheAnswerIsLeftForLater) {
  for (const LedgerState state : {kIntent, kUnknown}) {
    const std::string name(name_of(state));
    Ledger ledger = open();
    LedgerPost post = in_state(ledger, name, state);
    const WebhookEvent early = event("hook-" + name, "id-" + name, PostState::kPublished);
    const auto refused = ledger.note_webhook(early);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    post.state = kAccepted;
    post.post_id = "id-" + name;
    ASSERT_TRUE(ledger.update(post).value());
    const auto again = ledger.note_webhook(early).value();
    EXPECT_TRUE(again.is_new) << "the delivery that was refused did not count";
    EXPECT_EQ(again.post->state, kPublished);
  }
  Ledger ledger = open();
  in_state(ledger, "lost for good", kUnknown);
  clock_.advance(11min);
  EXPECT_TRUE(ledger.note_webhook(event("hook", "by hand", PostState::kPublished)).value().is_new);
}

TEST_F(LedgerStates, WebhooksOutOfOrderUndoNothing) {
  Ledger ledger = open();
  in_state(ledger, "beach", kAccepted);
  ASSERT_TRUE(ledger.note_webhook(event("late", "id-beach", PostState::kFailed)));
  EXPECT_EQ(ledger.find("beach").value()->state, kFailed);
  EXPECT_EQ(ledger.note_webhook(event("early", "id-beach", PostState::kPending)).value().post->state, kFailed);
  EXPECT_EQ(ledger.note_webhook(event("retried", "id-beach", PostState::kPublished)).value().post->state, kPublished);
  EXPECT_EQ(ledger.note_webhook(event("old", "id-beach", PostState::kFailed)).value().post->state, kPublished);
}

TEST_F(LedgerStates, ASoundLedgerHasNoProblems) {
  Ledger ledger = open();
  for (const LedgerState state : {kPlanned, kAccepted, kPublished, kFailed, kCancelled}) {
    in_state(ledger, std::string(name_of(state)), state);
  }
  EXPECT_THAT(problems(clock_.now()), IsEmpty());
}

TEST_F(LedgerStates, TheCheckNamesWhatIsWrong) {
  Ledger ledger = open();
  in_state(ledger, "stale", kIntent);
  EXPECT_THAT(problems(clock_.now() + 1min), IsEmpty()) << "it may be under way";
  EXPECT_THAT(problems(clock_.now() + 1h), ElementsAre("stale_intent"));
  in_state(ledger, "lost", kUnknown);
  EXPECT_THAT(problems(clock_.now()), ElementsAre("unknown"));
  in_state(ledger, "waiting", kAccepted);
  EXPECT_THAT(problems(clock_.now() + 48h), ElementsAre("stale_intent", "unknown", "overdue"));

  LedgerPost dated = intent("dated");
  dated.schedule_date = to_iso8601(clock_.now() + 240h);
  dated = ledger.begin(dated).value().value();
  dated.state = kAccepted;
  dated.post_id = "id-dated";
  ASSERT_TRUE(ledger.update(dated).value());
  ASSERT_TRUE(ledger.note_upload("abc", dated.media_urls[0], clock_.now() + 24h));
  EXPECT_THAT(problems(clock_.now()), ElementsAre("unknown", "expired_upload"));
  EXPECT_EQ(view().check(clock_.now())->back().fix, "tokprep cancel id-dated, then tokprep post with an earlier date");
}

TEST_F(LedgerStates, TheCheckSeesWhatOthersChanged) {
  Ledger ledger = open();
  in_state(ledger, "beach", kAccepted);
  ASSERT_TRUE(raw().execute("UPDATE posts SET state = 'published' WHERE content_key = 'beach'"));
  EXPECT_THAT(problems(clock_.now()), ElementsAre("illegal_state")) << "no event leads there";
  ASSERT_TRUE(raw().execute("PRAGMA foreign_keys = OFF; DELETE FROM posts"));
  EXPECT_THAT(problems(clock_.now()), ElementsAre("foreign_key", "foreign_key"));
}

TEST_F(LedgerStates, TheExportHoldsAll) {
  Ledger ledger = open();
  ASSERT_TRUE(ledger.note_account("Primary Profile", "ref"));
  ASSERT_TRUE(ledger.note_asset({"abc", "beach.mp4", 12, "video/mp4", {}}));
  ASSERT_TRUE(ledger.note_upload("abc", "https://media.test/beach.mp4", clock_.now() + 24h));
  in_state(ledger, "beach", kAccepted);
  ASSERT_TRUE(ledger.note_webhook(event("hook", "id-beach", PostState::kPublished)));
  const Json all = view().export_all().value();
  EXPECT_EQ(all["version"], 4);
  EXPECT_EQ(all["accounts"][0]["title"], "Primary Profile");
  EXPECT_EQ(all["assets"][0]["name"], "beach.mp4");
  EXPECT_EQ(all["assets"][0]["size_bytes"], 12);
  EXPECT_EQ(all["uploads"][0]["expires_at"], "2026-11-23T00:00:00Z");
  EXPECT_EQ(all["posts"][0]["state"], "published");
  EXPECT_EQ(all["posts"][0]["events"].size(), 3U);
  EXPECT_EQ(all["deliveries"][0]["key"], "hook");
}

TEST_F(LedgerStates, TheViewFilters) {
  Ledger ledger = open();
  in_state(ledger, "beach", kAccepted);
  clock_.advance(1h);
  in_state(ledger, "hill", kFailed);
  in_state(*std::make_unique<Ledger>(open("other")), "sea", kFailed);
  LedgerQuery query;
  EXPECT_THAT(view().posts(query).value(), SizeIs(3));
  query.state = kFailed;
  EXPECT_THAT(view().posts(query).value(), SizeIs(2));
  query.account = "other";
  EXPECT_EQ(view().posts(query).value().at(0).post.content_key, "sea");
  EXPECT_THAT(view().posts({.item = "bea"}).value(), SizeIs(1));
  EXPECT_THAT(view().posts({.since = clock_.now()}).value(), SizeIs(2));
  EXPECT_THAT(view().posts({.limit = 1}).value(), SizeIs(1));
  EXPECT_EQ(LedgerView::open(folder_.path() / "none.db").error().code, ErrorCode::kInputUnreadable);
}

// The tables as the first two versions made them.
constexpr const char* kVersionOne = R"sql(
CREATE TABLE uploads (account TEXT NOT NULL, sha256 TEXT NOT NULL, url TEXT NOT NULL, expires_at_s INTEGER NOT NULL,
  PRIMARY KEY (account, sha256)) STRICT, WITHOUT ROWID;
CREATE TABLE posts (id INTEGER PRIMARY KEY, account TEXT NOT NULL, content_key TEXT NOT NULL, item TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('intent', 'accepted', 'published', 'failed', 'unknown')),
  post_id TEXT NOT NULL, post_status TEXT NOT NULL, url TEXT NOT NULL, caption TEXT NOT NULL, media_urls TEXT NOT NULL,
  media_key TEXT NOT NULL, created TEXT NOT NULL, schedule_date TEXT NOT NULL, error TEXT NOT NULL,
  attempt INTEGER NOT NULL, UNIQUE (account, content_key)) STRICT;
CREATE INDEX posts_by_post_id ON posts (account, post_id);
CREATE INDEX posts_by_media ON posts (account, media_key);
PRAGMA application_id = 1953198194;
PRAGMA user_version = 1;
INSERT INTO uploads VALUES ('account', 'abc', 'https://media.test/a.mp4', 4102444800);
INSERT INTO posts VALUES (7, 'account', 'beach', '/drop/beach.mov', 'idem', 'accepted', 'id-beach', 'pending', '', 'Hi',
  '["https://media.test/a.mp4"]', 'k', '2026-11-21T10:00:00Z', '2026-12-01T12:00:00Z', '', 2);
INSERT INTO posts VALUES (8, 'account', 'hill', '/drop/hill.mov', 'idem-2', 'unknown', '', '', '', '', '[]', 'k',
  '2026-11-21T11:00:00Z', '', 'lost', 1);
)sql";

class LedgerMigration : public LedgerStates, public testing::WithParamInterface<int> {};

TEST_P(LedgerMigration, KeepsAllThatAnOlderVersionKnew) {
  ASSERT_TRUE(raw().execute(kVersionOne));
  if (GetParam() == 2) {
    ASSERT_TRUE(
        raw().execute("ALTER TABLE posts ADD COLUMN stays_pending INTEGER NOT NULL DEFAULT 0; "
                      "UPDATE posts SET stays_pending = 1 WHERE id = 7; PRAGMA user_version = 2"));
  }
  Ledger ledger = open();
  const auto beach = ledger.find_by_post_id("id-beach").value();
  ASSERT_TRUE(beach);
  EXPECT_EQ(beach->state, kAccepted);
  EXPECT_EQ(beach->attempt, 2);
  EXPECT_EQ(beach->schedule_date, "2026-12-01T12:00:00Z");
  EXPECT_EQ(beach->goes_out, "2026-12-01T12:00:00Z");
  EXPECT_EQ(beach->stays_pending, GetParam() == 2);
  EXPECT_THAT(beach->source_digests, IsEmpty());
  EXPECT_EQ(ledger.find("hill").value()->goes_out, "2026-11-21T11:00:00Z");
  EXPECT_EQ(ledger.live_upload("abc", clock_.now()).value(), "https://media.test/a.mp4");
  EXPECT_THAT(problems(clock_.now()), ElementsAre("unknown"));
  const auto story = view().stories("id-beach").value().at(0);
  ASSERT_THAT(story.events, SizeIs(1));
  EXPECT_EQ(story.events[0].to, kAccepted);
  EXPECT_EQ(view().accounts().value().at(0).first_seen, "2026-11-21T10:00:00Z");
  EXPECT_FALSE(ledger.begin(intent("beach")).value()) << "and posts nothing again";
}

INSTANTIATE_TEST_SUITE_P(Versions, LedgerMigration, testing::Values(1, 2));

}  // namespace
}  // namespace tokprep
