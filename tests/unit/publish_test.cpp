#include "pipeline/publish.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <utility>

#include "pipeline/host_media.h"
#include "tests/unit/publish_fixture.h"

namespace tokprep {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

using Publish = PublishFixture;

TEST_F(Publish, PostsOnceHoweverOftenItIsAsked) {
  const auto first = publish_video();
  ASSERT_TRUE(first) << describe(first.error());
  EXPECT_FALSE(first->already);
  EXPECT_EQ(first->post.id, "post-1");
  EXPECT_EQ(first->post.status, "pending");
  EXPECT_THAT(first->urls, ElementsAre("https://media.test/1/beach.mp4"));
  EXPECT_EQ(row().state, LedgerState::kAccepted);
  EXPECT_THAT(row().item, testing::EndsWith("/drop/beach.mov"));

  const std::size_t calls = service_.calls.size();
  for (int run = 2; run <= 3; ++run) {
    const auto again = publish_video();
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->already);
    EXPECT_EQ(again->post.id, "post-1");
    EXPECT_EQ(again->urls, first->urls);
  }
  EXPECT_EQ(service_.calls.size(), calls) << "what is known needs no request";
}

TEST_F(Publish, WhatIsInSeveralItemsOfARunIsUploadedOnce) {
  const PublishRequest request = video();
  const PostFiles files{{{request.outputs.front(), std::string(64, 'a')}}, std::nullopt};
  std::atomic<int> hosted{0};
  {
    std::vector<std::jthread> items;
    for (int i = 0; i < 8; ++i) {
      items.emplace_back([&] {
        const auto media = host_media(files, "", client_, ledger_, run_);
        if (media && media->media_urls == std::vector<std::string>{"https://media.test/1/beach.mp4"}) ++hosted;
      });
    }
  }
  EXPECT_EQ(hosted, 8);
  EXPECT_EQ(service_.count("POST /media/upload"), 1U);
}

TEST_F(Publish, SendsAKeyOfItsOwnAndKeepsIt) {
  ASSERT_TRUE(publish_video());
  const std::string key = service_.submitted.at(0).value("idempotencyKey", "");
  EXPECT_THAT(key, testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(row().idempotency_key, key);
  ASSERT_TRUE(publish(video("other bytes", "Elsewhere"), client_, ledger_, built_in_rules(), run_));
  EXPECT_NE(service_.submitted.at(1).value("idempotencyKey", ""), key);
}

TEST_F(Publish, FindsAPostWhoseAnswerWasLost) {
  service_.answer = lost_after_filing();
  const auto lost = publish_video();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(lost.error().fix, "tokprep status");
  EXPECT_EQ(row().state, LedgerState::kUnknown);

  const auto found = publish_video();
  ASSERT_TRUE(found) << describe(found.error());
  EXPECT_TRUE(found->already);
  EXPECT_EQ(found->post.id, "post-1");
  EXPECT_EQ(service_.count("POST /post"), 1U);
  EXPECT_EQ(row().state, LedgerState::kAccepted);
}

TEST_F(Publish, NeverSendsAgainWhatTheHistoryDoesNotShow) {
  service_.answer = failing(ErrorCode::kOutcomeUnknown);
  ASSERT_FALSE(publish_video());
  service_.answer = accepting();
  for (int run = 2; run <= 3; ++run) {
    const auto again = publish_video();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kOutcomeUnknown);
    EXPECT_THAT(again.error().message, HasSubstr("drop/beach.mov"));
  }
  EXPECT_EQ(service_.count("POST /post"), 1U);
}

TEST_F(Publish, TreatsAnIntentThatWasLeftLikeALostAnswer) {
  LedgerPost left;
  left.item = "drop/beach.mov";
  left.content_key = content_key(video(), run_).value();
  left.idempotency_key = "of a process that was killed";
  left.caption = "At the beach";
  left.media_urls = {"https://media.test/9/beach.mp4"};
  left.created = to_iso8601(clock_.now());
  ASSERT_TRUE(ledger_.begin(left).value());

  const auto unclear = publish_video();
  ASSERT_FALSE(unclear);
  EXPECT_EQ(unclear.error().code, ErrorCode::kOutcomeUnknown);

  service_.posts.push_back(
      FakeService::record("id", {{"post", "At the beach"}, {"mediaUrls", left.media_urls}}, left.created));
  const auto found = publish_video();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->already);
  EXPECT_EQ(found->post.id, "id");
  EXPECT_EQ(service_.count("POST /post"), 0U);
  EXPECT_EQ(service_.count("POST /media/upload"), 0U);
}

struct Refusal {
  std::string name;
  FakeService::PostAnswer answer;
  ErrorCode code;
  LedgerState state;
};

class PublishRefused : public PublishFixture, public testing::WithParamInterface<Refusal> {};

TEST_P(PublishRefused, SaysWhetherItMayBeTriedAgain) {
  const Refusal& refusal = GetParam();
  service_.answer = refusal.answer;
  const auto refused = publish_video();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, refusal.code) << describe(refused.error());
  EXPECT_EQ(refused.error().file, "drop/beach.mov");
  EXPECT_EQ(row().state, refusal.state);
  EXPECT_FALSE(row().error.empty());
  EXPECT_EQ(service_.count("POST /post"), 1U) << "the call itself is never repeated";

  service_.answer = accepting();
  const bool may_try = refusal.state == LedgerState::kFailed;
  EXPECT_EQ(publish_video().has_value(), may_try);
  EXPECT_EQ(service_.count("POST /post"), may_try ? 2U : 1U);
  EXPECT_EQ(service_.count("POST /media/upload"), 1U) << "the file is there already";
  if (may_try) {
    EXPECT_NE(service_.submitted[0]["idempotencyKey"], service_.submitted[1]["idempotencyKey"]);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, PublishRefused,
    testing::Values(
        Refusal{"network", failing(ErrorCode::kNetwork), ErrorCode::kNetwork, LedgerState::kFailed},
        Refusal{"rejected", answering(400, R"({"status":"error","errors":[{"code":182,"message":"too wide"}]})"),
                ErrorCode::kRejected, LedgerState::kFailed},
        Refusal{"key", answering(403, R"({"status":"error","message":"API Key not valid."})"), ErrorCode::kAuth,
                LedgerState::kFailed},
        Refusal{"rate", answering(429, "{}"), ErrorCode::kRateLimited, LedgerState::kFailed},
        Refusal{"failed_at_once",
                answering(200, R"({"id":"x","status":"success","postIds":[{"platform":"tiktok","id":"failed"}]})"),
                ErrorCode::kRejected, LedgerState::kFailed},
        Refusal{"gateway", answering(502, "<html>Bad Gateway</html>"), ErrorCode::kOutcomeUnknown,
                LedgerState::kUnknown},
        Refusal{"unreadable", answering(200, "{\"id\":"), ErrorCode::kOutcomeUnknown, LedgerState::kUnknown},
        Refusal{"disk", failing(ErrorCode::kIo), ErrorCode::kOutcomeUnknown, LedgerState::kUnknown}),
    [](const auto& refusal) { return refusal.param.name; });

TEST_F(Publish, PostsOnceFromTwoProcessesAtOnce) {
  std::atomic<int> posted = 0;
  std::vector<std::jthread> rivals;
  const PublishRequest request = video();
  for (int i = 0; i < 4; ++i) {
    rivals.emplace_back([&] {
      Ledger ledger = open(ledger_file());
      const auto published = publish(request, client_, ledger, built_in_rules(), run_);
      if (published && !published->already) ++posted;
    });
  }
  rivals.clear();
  EXPECT_EQ(posted, 1);
  EXPECT_EQ(service_.count("POST /post"), 1U);
}

TEST_F(Publish, WhatAnotherProcessPostedJustBeforeTheClaimIsKnown) {
  const PublishRequest request = video();
  Ledger other = open(ledger_file());
  bool meanwhile = false;
  RunContext watched = run_;
  watched.progress = [&](const Progress& step) {
    if (step.stage != "post" || std::exchange(meanwhile, true)) return;
    ASSERT_TRUE(publish(request, client_, other, built_in_rules(), run_));
  };
  const auto published = publish(request, client_, ledger_, built_in_rules(), watched);
  ASSERT_TRUE(meanwhile);
  ASSERT_TRUE(published) << describe(published.error());
  EXPECT_TRUE(published->already);
  EXPECT_EQ(published->post.id, "post-1");
  EXPECT_EQ(service_.count("POST /post"), 1U);
}

TEST_F(Publish, AnotherConversionOfTheSameSourceIsNoSecondPost) {
  PublishRequest request = video("encoded once");
  request.source_digests = {"the digest of the source"};
  ASSERT_TRUE(publish(request, client_, ledger_, built_in_rules(), run_));
  PublishRequest again = video("encoded a little differently");
  again.source_digests = request.source_digests;
  const auto published = publish(again, client_, ledger_, built_in_rules(), run_);
  ASSERT_TRUE(published) << describe(published.error());
  EXPECT_TRUE(published->already);
  EXPECT_EQ(service_.count("POST /post"), 1U);
}

TEST_F(Publish, AnotherKeyOfTheSameAccountPostsNothingAgain) {
  ASSERT_TRUE(ledger_.note_account("Primary Profile", "23a9"));
  ASSERT_TRUE(publish_video());
  Ledger rotated = Ledger::open(ledger_file(), "another key", clock_).value();
  EXPECT_EQ(rotated.note_account("Primary Profile", "23a9").value(), 1);
  const auto again = publish(video(), client_, rotated, built_in_rules(), run_);
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_TRUE(again->already);
  EXPECT_EQ(again->post.id, "post-1");

  // A run that began with the earlier key may still be at work.
  PublishRequest request = video();
  request.allow_duplicate_text = true;
  const auto left_behind = publish(request, client_, ledger_, built_in_rules(), run_);
  ASSERT_FALSE(left_behind);
  EXPECT_EQ(left_behind.error().code, ErrorCode::kAuth);
  EXPECT_EQ(service_.count("POST /post"), 1U);
  EXPECT_EQ(service_.count("POST /media/upload"), 1U);
}

TEST_F(Publish, UploadsAgainWhatIsAboutToExpire) {
  ASSERT_TRUE(publish_video());
  PublishRequest other_caption = video("video bytes", "At the beach again");
  ASSERT_TRUE(publish(other_caption, client_, ledger_, built_in_rules(), run_));
  EXPECT_EQ(service_.count("POST /media/upload"), 1U);

  clock_.advance(std::chrono::days(90) - std::chrono::minutes(30));
  other_caption.options.caption = "And again";
  ASSERT_TRUE(publish(other_caption, client_, ledger_, built_in_rules(), run_));
  EXPECT_EQ(service_.count("POST /media/upload"), 2U);
}

TEST_F(Publish, UploadsAgainWhatTheServiceHasDropped) {
  service_.answer = failing(ErrorCode::kNetwork);
  ASSERT_FALSE(publish_video());
  service_.gone_urls = {"https://media.test/1/beach.mp4"};
  service_.answer = accepting();
  for (int run = 0; run < 2; ++run) {
    const auto posted = publish_video();
    ASSERT_TRUE(posted) << describe(posted.error());
    EXPECT_THAT(posted->urls, ElementsAre("https://media.test/2/beach.mp4"));
  }
  EXPECT_EQ(service_.count("POST /media/upload"), 2U);
}

TEST_F(Publish, RefusesAScheduleBeyondTheLifeOfTheMedia) {
  PublishRequest request = video();
  request.options.schedule_date = "2027-03-01T12:00:00Z";  // 99 days ahead
  const auto refused = publish(request, client_, ledger_, built_in_rules(), run_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(to_text(refused.error().measured), "2027-03-01T12:00:00Z");
  EXPECT_EQ(to_text(refused.error().limit), "2027-02-19T23:00:00Z");
  EXPECT_THAT(service_.calls, ElementsAre("GET /history")) << "nothing was sent";

  request.options.schedule_date = "2027-02-19T12:00:00+02:00";
  const auto posted = publish(request, client_, ledger_, built_in_rules(), run_);
  ASSERT_TRUE(posted) << describe(posted.error());
  EXPECT_EQ(service_.submitted.at(0)["scheduleDate"], "2027-02-19T10:00:00Z");
  EXPECT_EQ(posted->post.schedule_date, "2027-02-19T10:00:00Z");
}

TEST_F(Publish, SendsTheUsersOwnCoverAndNoOther) {
  PublishRequest request = video();
  request.outputs.push_back({"cover", folder_.file("beach.cover.jpg", "jpeg").string(), "image/jpeg", 4});
  request.options.thumbnail_offset_ms = 1500;
  ASSERT_TRUE(publish(request, client_, ledger_, built_in_rules(), run_));
  EXPECT_EQ(service_.submitted.at(0)["tikTokOptions"], (Json{{"thumbNailOffset", 1500}}));
  EXPECT_THAT(service_.uploaded_names, ElementsAre("beach.mp4"));

  request.cover_is_own = true;
  request.allow_duplicate_text = true;
  const auto posted = publish(request, client_, ledger_, built_in_rules(), run_);
  ASSERT_TRUE(posted) << describe(posted.error());
  EXPECT_EQ(service_.submitted.at(1)["tikTokOptions"], (Json{{"thumbNail", "https://media.test/2/beach-cover.jpg"}}));
  EXPECT_EQ(service_.submitted.at(1)["mediaUrls"], Json::array({"https://media.test/1/beach.mp4"}));
  EXPECT_THAT(posted->urls, ElementsAre("https://media.test/1/beach.mp4"));
}

TEST_F(Publish, KeepsTheOrderOfPhotos) {
  PublishRequest request;
  request.item = "drop/lookbook";
  for (const std::string name : {"01", "02", "03"}) {
    request.outputs.push_back({"media", folder_.file(name + ".jpg", "photo " + name).string(), "image/jpeg", 8});
  }
  request.subject = {false, 3, std::nullopt};
  std::vector<double> progress;
  run_.progress = [&](const Progress& step) {
    if (step.stage == "upload") progress.push_back(step.done);
  };
  const auto posted = publish(request, client_, ledger_, built_in_rules(), run_);
  ASSERT_TRUE(posted) << describe(posted.error());
  // In whatever order they were uploaded, which is what the number in the URL tells.
  EXPECT_THAT(posted->urls, ElementsAre(EndsWith("/01.jpg"), EndsWith("/02.jpg"), EndsWith("/03.jpg")));
  EXPECT_EQ(service_.submitted.at(0)["mediaUrls"], Json(posted->urls));
  EXPECT_TRUE(std::ranges::is_sorted(progress));
  EXPECT_DOUBLE_EQ(progress.back(), 1.0);
}

TEST_F(Publish, SendsNothingThatBreaksARule) {
  PublishRequest too_long = video();
  too_long.options.caption = std::string(2201, 'x');
  PublishRequest two_videos = video();
  two_videos.outputs.push_back(two_videos.outputs.front());
  PublishRequest nothing = video();
  nothing.outputs.clear();
  for (const PublishRequest& request : {too_long, two_videos, nothing}) {
    EXPECT_FALSE(publish(request, client_, ledger_, built_in_rules(), run_));
  }
  EXPECT_TRUE(service_.calls.empty());
  EXPECT_TRUE(ledger_.posts(10).value().empty());
}

TEST_F(Publish, StopsBeforeTheIntentAndFinishesAfterIt) {
  std::stop_source stop;
  run_.stop = stop.get_token();
  service_.answer = [&](const Json&, const std::function<HttpResponse()>& accept) -> Result<HttpResponse> {
    stop.request_stop();
    return accept();
  };
  EXPECT_TRUE(publish_video());
  EXPECT_FALSE(service_.stop_was_asked);
  EXPECT_EQ(row().state, LedgerState::kAccepted);

  const auto stopped = publish(video("other bytes", "Elsewhere"), client_, ledger_, built_in_rules(), run_);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(service_.count("POST /post"), 1U);
  EXPECT_EQ(ledger_.posts(10).value().size(), 1U);
}

TEST_F(Publish, AnotherFrameChosenForTheCoverIsNoSecondPost) {
  PublishRequest request = video();
  request.options.thumbnail_offset_ms = 1500;
  request.offset_is_chosen = true;
  ASSERT_TRUE(publish(request, client_, ledger_, built_in_rules(), run_));
  EXPECT_EQ(service_.submitted.at(0)["tikTokOptions"], (Json{{"thumbNailOffset", 1500}}));
  request.options.thumbnail_offset_ms = 1800;
  EXPECT_TRUE(publish(request, client_, ledger_, built_in_rules(), run_)->already);

  request.options.caption = "With a frame of my own";
  request.offset_is_chosen = false;  // also how earlier versions kept those they had chosen
  ASSERT_TRUE(publish(request, client_, ledger_, built_in_rules(), run_));
  request.offset_is_chosen = true;
  EXPECT_TRUE(publish(request, client_, ledger_, built_in_rules(), run_)->already);
  EXPECT_EQ(service_.count("POST /post"), 2U);
}

TEST_F(Publish, TellsPostsApartByWhatTheyShow) {
  const std::string key = content_key(video(), run_).value();
  PublishRequest request = video();
  request.item = "elsewhere/same.mov";
  request.options.schedule_date = "2026-12-01T00:00:00Z";
  request.options.notes = "for the archive";
  request.options.idempotency_key = "mine";
  EXPECT_EQ(content_key(request, run_).value(), key);

  request = video();
  request.options.visibility = Visibility::kFriends;
  EXPECT_NE(content_key(request, run_).value(), key);
  EXPECT_NE(content_key(video("video bytes", "Elsewhere"), run_).value(), key);
  EXPECT_NE(content_key(video("other bytes"), run_).value(), key);
  request = video();
  request.outputs[0].path = "/does/not/exist.mp4";
  EXPECT_EQ(content_key(request, run_).error().code, ErrorCode::kInputUnreadable);
}

TEST(UploadName, IsSafe) {
  const auto name = [](const std::string& path, const std::string& mime) {
    return upload_name({"media", path, mime, 0});
  };
  EXPECT_EQ(name("out/beach.mp4", "video/mp4"), "beach.mp4");
  EXPECT_EQ(name("out/My trip (2)!.MOV", "video/quicktime"), "My-trip-2.mov");
  EXPECT_EQ(name("out/../caf\xC3\xA9 \"x\"\n.jpeg", "image/jpeg"), "caf-x.jpg");
  EXPECT_EQ(name("out/\xF0\x9F\x8C\x8A.webp", "image/webp"), "media.webp");
  EXPECT_EQ(name("out/-rf.PNG", ""), "rf.png");
  EXPECT_LE(name(std::string(300, 'a') + ".mp4", "video/mp4").size(), 70U);
}

}  // namespace
}  // namespace tokprep
