#include <gmock/gmock.h>

#include "tests/unit/publish_fixture.h"

namespace tokprep {
namespace {

using namespace test;

/// A post whose answer was lost, and a history to look for it in.
class Reconcile : public PublishFixture {
 protected:
  Reconcile() { post_ = claim("content", "At the beach", "https://media.test/a.mp4"); }

  LedgerPost claim(const std::string& key, const std::string& caption, const std::string& url) {
    LedgerPost post;
    post.content_key = key;
    post.idempotency_key = "key-" + key + std::to_string(++claims_);
    post.caption = caption;
    post.media_urls = {url};
    post.created = to_iso8601(clock_.now());
    return ledger_.begin(post).value().value();
  }

  Json& show(const std::string& id, const std::string& caption, const Json& urls,
             const std::string& created = "2026-11-22T00:00:05Z") {
    service_.posts.push_back(FakeService::record(id, {{"post", caption}, {"mediaUrls", urls}}, created));
    return service_.posts.back();
  }

  static void make_failed(Json& record) {
    record["status"] = "error";
    record["postIds"][0]["id"] = "failed";
    record["errors"] = Json::array({{{"code", 0}, {"message", "frame_rate_check_failed"}, {"platform", "tiktok"}}});
  }

  LedgerPost asked() { return reconcile(post_, client_, ledger_, run_).value(); }

  LedgerPost post_;
  int claims_ = 0;
};

const Json kUrls = Json::array({"https://media.test/a.mp4"});

TEST_F(Reconcile, LeavesWhatTheHistoryDoesNotShow) {
  EXPECT_EQ(asked().state, LedgerState::kIntent);
  show("other", "At the beach", Json::array({"https://media.test/b.mp4"}));
  show("more", "At the beach", Json::array({"https://media.test/a.mp4", "https://media.test/b.mp4"}));
  EXPECT_EQ(asked().state, LedgerState::kIntent);
}

TEST_F(Reconcile, FindsByMediaWhateverBecameOfTheText) {
  show("id", "At  the beach #shortened", kUrls);
  EXPECT_EQ(asked().post_id, "id");
  EXPECT_EQ(row().state, LedgerState::kAccepted);
}

TEST_F(Reconcile, DoesNotTakeAnOlderPostOfTheSameMediaForThisOne) {
  show("before", "At the beach", kUrls, "2026-11-21T23:54:00Z");
  show("no-date", "At the beach", kUrls, "");
  EXPECT_EQ(asked().state, LedgerState::kIntent);
  show("id", "At the beach", kUrls, "2026-11-21T23:56:00Z");  // the service's clock is behind
  EXPECT_EQ(asked().post_id, "id");
}

TEST_F(Reconcile, NotesWhatTikTokMadeOfIt) {
  Json& record = show("id", "At the beach", kUrls);
  record["postIds"][0]["id"] = "7404";
  record["postIds"][0]["postUrl"] = "https://www.tiktok.com/@a/video/7404";
  EXPECT_EQ(asked().state, LedgerState::kPublished);
  EXPECT_EQ(row().url, "https://www.tiktok.com/@a/video/7404");
  EXPECT_EQ(row().post_status, "published");
}

TEST_F(Reconcile, LetsAFailedOneBeTriedAgain) {
  make_failed(show("id", "At the beach", kUrls));
  EXPECT_EQ(asked().state, LedgerState::kFailed);
  EXPECT_THAT(row().error, testing::HasSubstr("frame_rate_check_failed"));
}

TEST_F(Reconcile, PrefersALiveRecordToAFailedOne) {
  make_failed(show("failed", "At the beach", kUrls));
  show("live", "At the beach", kUrls);
  EXPECT_EQ(asked().post_id, "live");
}

TEST_F(Reconcile, DoesNotTakeTheFailureOfAnEarlierAttemptForThisOne) {
  post_.state = LedgerState::kFailed;
  ASSERT_TRUE(ledger_.update(post_));
  post_ = claim("content", "At the beach", "https://media.test/a.mp4");
  ASSERT_EQ(post_.attempt, 2);
  make_failed(show("first", "At the beach", kUrls));
  EXPECT_EQ(asked().state, LedgerState::kIntent);
  show("second", "At the beach", kUrls);
  EXPECT_EQ(asked().post_id, "second");
}

TEST_F(Reconcile, TellsPostsOfTheSameMediaApartByTheirText) {
  claim("other", "Elsewhere", "https://media.test/a.mp4");
  show("elsewhere", "Elsewhere", kUrls);
  EXPECT_EQ(asked().state, LedgerState::kIntent);
  show("beach", "At the\nbeach ", kUrls);
  EXPECT_EQ(asked().post_id, "beach");
}

TEST_F(Reconcile, DoesNotGuessBetweenLostTwins) {
  claim("twin", "At the beach", "https://media.test/a.mp4");  // another visibility, say
  show("one-of-them", "At the beach", kUrls);
  EXPECT_EQ(asked().state, LedgerState::kIntent);
}

TEST_F(Reconcile, DoesNotTakeWhatBelongsToAnotherPost) {
  LedgerPost owner = claim("owner", "Elsewhere", "https://media.test/a.mp4");
  owner.state = LedgerState::kAccepted;
  owner.post_id = "taken";
  ASSERT_TRUE(ledger_.update(owner));
  show("taken", "At the beach", kUrls);
  EXPECT_EQ(asked().state, LedgerState::kIntent);
}

TEST_F(Reconcile, FindsByTextAndTimeARecordWithoutUrls) {
  show("long-ago", "At the beach", Json::array(), "2026-11-20T00:00:00Z");
  show("other-text", "Elsewhere", Json::array());
  EXPECT_EQ(asked().state, LedgerState::kIntent);
  show("id", "At the beach", Json::array(), "2026-11-21T23:58:00Z");  // the service's clock is behind
  EXPECT_EQ(asked().post_id, "id");
}

TEST_F(Reconcile, DoesNotGuessBetweenEqualTexts) {
  show("one", "At the beach", Json::array());
  show("two", "At the beach", Json::array());
  EXPECT_EQ(asked().state, LedgerState::kIntent);
}

TEST_F(Reconcile, FindsByTheKeyInTheNotesAndByNothingElseThen) {
  show("one", "At the beach", kUrls)["notes"] = key_note("of another attempt");
  EXPECT_EQ(asked().state, LedgerState::kIntent) << "a record with another key is another's";
  show("two", "Another text", Json::array())["notes"] = key_note(post_.idempotency_key);
  show("three", "At the beach", kUrls);
  EXPECT_EQ(asked().post_id, "two");
}

TEST_F(Reconcile, AsksByIdWhereItIsKnown) {
  post_.state = LedgerState::kAccepted;
  post_.post_id = "id";
  ASSERT_TRUE(ledger_.update(post_));
  Json& record = show("id", "At the beach", kUrls);
  record["postIds"][0]["id"] = "7404";
  EXPECT_EQ(asked().state, LedgerState::kPublished);
  EXPECT_EQ(service_.count("GET /history"), 0U);

  post_ = row();
  make_failed(record);
  EXPECT_EQ(asked().state, LedgerState::kPublished) << "what was on TikTok is never posted again";
}

TEST_F(Reconcile, LetsOnlyAPostThatNeverWentOutBeTriedAgainAfterItWasDeleted) {
  Json& record = show("id", "At the beach", kUrls);
  record["status"] = "deleted";
  record["scheduleDate"] = "2026-11-25T00:00:00Z";
  record.erase("postIds");
  EXPECT_EQ(asked().state, LedgerState::kCancelled);
  record["scheduleDate"] = "2026-11-21T00:00:00Z";
  EXPECT_EQ(asked().state, LedgerState::kPublished);
}

TEST_F(Reconcile, OneThatTikTokWasGivenMayHaveGoneOutBeforeItsDate) {
  Json& record = show("id", "At the beach", kUrls);
  record["status"] = "deleted";
  record["scheduleDate"] = "2026-11-25T00:00:00Z";
  EXPECT_EQ(asked().state, LedgerState::kPublished);
}

TEST_F(Reconcile, OneWhoseDateWasCloseMayHaveGoneOutByTheServicesClock) {
  Json& record = show("id", "At the beach", kUrls);
  record["status"] = "deleted";
  record["scheduleDate"] = to_iso8601(clock_.now() + std::chrono::minutes(1));
  record.erase("postIds");
  EXPECT_EQ(asked().state, LedgerState::kPublished);
}

TEST_F(Reconcile, TellsTheServicesFailureAndChangesNothing) {
  post_.state = LedgerState::kAccepted;
  post_.post_id = "unheard-of";
  ASSERT_TRUE(ledger_.update(post_));
  EXPECT_EQ(reconcile(post_, client_, ledger_, run_).error().code, ErrorCode::kRejected);
  EXPECT_EQ(row().state, LedgerState::kAccepted);
}

}  // namespace
}  // namespace tokprep
