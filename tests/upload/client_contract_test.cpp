#include <gmock/gmock.h>

#include "tests/support/free_port.h"
#include "tests/upload/sandbox_fixture.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/post_fields.h"
#include "upload/curl_client.h"

// Everything the client can say, said to a service that refuses and notes whatever is not documented.

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr const char* kEmojiCaption = "At the beach \xF0\x9F\x8C\x8A";  // the wave counts two

/// The real client against the sandbox, once for the primary profile and once for another. Both share a clock that
/// does not wait.
class ClientContract : public SandboxTest, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    SandboxTest::SetUp();
    ServiceConfig config{sandbox_->api_url(), Secret(sandbox_->api_key()), std::nullopt};
    if (GetParam()) config.profile_key = Secret("PROFILE-KEY-1234567");
    client_.emplace(http_, std::move(config));
    run_.clock = &clock_;
  }

  void TearDown() override {
    const Json violations = counts()["violations"];
    EXPECT_EQ(violations["total"], 0) << violations["sentences"];
  }

  UploadedFile upload(const std::string& name, const std::string& bytes, const std::string& mime) {
    const auto uploaded = client_->upload({folder_.file(name, bytes), name, mime}, run_);
    EXPECT_TRUE(uploaded) << describe(uploaded.error());
    return uploaded.value_or(UploadedFile());
  }
  std::string video_url(const std::string& name = "beach.mp4") {
    return upload(name, "video " + name, "video/mp4").url;
  }
  std::vector<std::string> picture_urls() {
    std::vector<std::string> urls;
    for (const char* name : {"1.jpg", "2.webp", "3.jpeg"}) urls.push_back(upload(name, name, "image/jpeg").url);
    return urls;
  }

  PostRecord created(const PostOptions& options, const std::vector<std::string>& urls, bool is_video) {
    const auto record = client_->create_post(options, urls, is_video, run_);
    EXPECT_TRUE(record) << describe(record.error());
    return record.value_or(PostRecord());
  }
  PostRecord created_video(const PostOptions& options) { return created(options, {video_url()}, true); }

  PostState state_of(const std::string& id) {
    const auto record = client_->get_post(id, run_);
    EXPECT_TRUE(record) << describe(record.error());
    return record ? record->state : PostState::kUnknown;
  }

  /// The body of POST /post as the service has taken it.
  Json taken(const std::string& id) {
    const Json book = Json::parse(file_text("posts.json"));
    for (const Json& post : book["posts"]) {
      if (post["id"] == id) return post["request"];
    }
    return {};
  }

  void pass(std::chrono::milliseconds time) { clock_.advance(time); }

  CurlClient http_;
  std::optional<AyrshareClient> client_;
  RunContext run_;
};

PostOptions for_both() {
  PostOptions options;
  options.caption = kEmojiCaption;
  options.validate_scheduled = true;
  options.idempotency_key = "key-1";
  options.notes = "of the test";
  options.shorten_links = false;
  options.first_comment = "first!";
  options.visibility = Visibility::kPublic;
  options.disable_comments = true;
  options.is_branded_content = true;
  options.is_brand_organic = true;
  return options;
}

PostOptions for_a_video(const std::string& thumbnail_url) {
  PostOptions options = for_both();
  options.disable_duet = true;
  options.disable_stitch = true;
  options.is_ai_generated = true;
  options.thumbnail_offset_ms = 1500;
  options.thumbnail_url = thumbnail_url;
  return options;
}

PostOptions for_pictures() {
  PostOptions options = for_both();
  options.auto_add_music = true;
  options.image_cover_index = 2;
  options.title = "Lookbook";
  return options;
}

/// What goes together with no first comment, or keeps a post from going out.
PostOptions held_back(const std::string& schedule_date) {
  PostOptions options;
  options.caption = "Held back";
  options.draft = true;
  options.requires_approval = true;
  options.schedule_date = schedule_date;
  return options;
}

/// A field of this kind of post that neither of two posts says: a new one has to be added above.
std::vector<std::string> unsaid(const PostOptions& one, const PostOptions& other, AppliesTo kind) {
  std::vector<std::string> names;
  for (const PostField& field : kPostFields) {
    if (field.applies_to != AppliesTo::kBoth && field.applies_to != kind) continue;
    const bool said = std::visit([&](auto member) { return one.*member || other.*member; }, field.member);
    if (!said) names.emplace_back(field.name);
  }
  return names;
}

TEST_P(ClientContract, ASmallFileIsKeptForNinetyDays) {
  const UploadedFile file = upload("at the beach.mp4", "small video", "video/mp4");
  EXPECT_EQ(file.size_bytes, 11U);
  EXPECT_EQ(file.expires_at, clock_.now() + std::chrono::days(90));
  EXPECT_THAT(file.url, testing::EndsWith(".mp4"));
  EXPECT_EQ(fetched(file.url), "small video");
  const auto listed = client_->gallery(run_);
  ASSERT_TRUE(listed) << describe(listed.error());
  ASSERT_THAT(*listed, SizeIs(1));
  EXPECT_EQ(listed->front().url, file.url);
  EXPECT_EQ(listed->front().file_name, "at the beach.mp4");
  EXPECT_EQ(listed->front().size_bytes, 11);
  EXPECT_THAT(listed->front().created, StartsWith("2026-11-22T00:00:00"));
  EXPECT_THAT(listed->front().expires_at, StartsWith("2027-02-20T00:00:00"));
}

TEST_P(ClientContract, ALargeFileGoesBySignedAddressAndIsKeptForThirtyDays) {
  constexpr std::uintmax_t kBytes = 30'000'001;
  const auto path = folder_.file("film.mov", "");
  std::filesystem::resize_file(path, kBytes);
  const auto file = client_->upload({path, "film.mov", "video/quicktime"}, run_);
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_EQ(file->size_bytes, kBytes);
  EXPECT_EQ(file->expires_at, clock_.now() + std::chrono::days(30));
  EXPECT_EQ(counts()["requests"]["by_endpoint"]["put"], 1);
  const auto listed = client_->gallery(run_).value();
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed.front().size_bytes, static_cast<std::int64_t>(kBytes));
  EXPECT_EQ(listed.front().file_name, "film.mov");
  const auto check = client_->url_exists(file->url, run_).value();
  EXPECT_TRUE(check.reachable);
  EXPECT_EQ(check.content_type, "video/quicktime");
}

TEST_P(ClientContract, ALargeWebPNeedsNoShortName) {
  const auto path = folder_.file("poster.webp", "");
  std::filesystem::resize_file(path, 30'000'001);
  const auto file = client_->upload({path, "poster.webp", "image/webp"}, run_);
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_EQ(client_->url_exists(file->url, run_)->content_type, "image/webp");
}

TEST_P(ClientContract, WhatIsNotThereIsAnAnswer) {
  const std::string url = video_url();
  const auto there = client_->url_exists(url, run_).value();
  EXPECT_TRUE(there.reachable);
  EXPECT_EQ(there.status, 200);
  EXPECT_EQ(there.content_type, "video/mp4");
  const auto gone = client_->url_exists(url + ".gone.mp4", run_);
  ASSERT_TRUE(gone) << describe(gone.error());
  EXPECT_FALSE(gone->reachable);
  EXPECT_EQ(gone->status, 404);
}

TEST_P(ClientContract, AVideoWithEveryOption) {
  const std::string thumbnail = upload("cover.png", "a cover", "image/png").url;
  const std::string date = to_iso8601(clock_.now() + 48h);
  const PostOptions options = for_a_video(thumbnail);
  EXPECT_THAT(unsaid(options, held_back(date), AppliesTo::kVideos), IsEmpty());
  const std::string url = video_url();
  const auto check = client_->validate_post(options, {url}, true, run_);
  ASSERT_TRUE(check) << describe(check.error());
  EXPECT_TRUE(check->accepted);
  EXPECT_THAT(check->errors, IsEmpty());

  const PostRecord record = created(options, {url}, true);
  EXPECT_EQ(record.state, PostState::kPending);
  EXPECT_EQ(record.caption, kEmojiCaption);
  EXPECT_EQ(taken(record.id), tokprep::post_body(options, {url}, true));
  EXPECT_EQ(state_of(record.id), PostState::kPending);
  pass(61s);
  const PostRecord later = client_->get_post(record.id, run_).value();
  EXPECT_EQ(later.state, PostState::kPublished);
  EXPECT_EQ(later.notes, "of the test");
  EXPECT_EQ(later.url, "https://www.tiktok.com/@sandbox/video/" + later.tiktok_id);
  EXPECT_THAT(later.media_urls, testing::ElementsAre(url));

  const PostRecord held = created(held_back(date), {video_url("held.mp4")}, true);
  EXPECT_EQ(held.state, PostState::kAwaitingApproval);
  EXPECT_EQ(taken(held.id)["scheduleDate"], date);
}

TEST_P(ClientContract, ACarouselWithEveryOption) {
  const PostOptions options = for_pictures();
  const std::string date = to_iso8601(clock_.now() + 48h);
  EXPECT_THAT(unsaid(options, held_back(date), AppliesTo::kImages), IsEmpty());
  const auto urls = picture_urls();
  EXPECT_TRUE(client_->validate_post(options, urls, false, run_)->accepted);
  const PostRecord record = created(options, urls, false);
  EXPECT_EQ(record.state, PostState::kPending);
  EXPECT_EQ(taken(record.id), tokprep::post_body(options, urls, false));
  pass(61s);
  const PostRecord later = client_->get_post(record.id, run_).value();
  EXPECT_EQ(later.state, PostState::kPublished);
  EXPECT_EQ(later.url, "https://www.tiktok.com/@sandbox/photo/" + later.tiktok_id);
  EXPECT_EQ(later.media_urls, urls);
  EXPECT_EQ(created(held_back(date), urls, false).state, PostState::kAwaitingApproval);
}

TEST_P(ClientContract, EveryVisibilityIsKnown) {
  int number = 0;
  for (const auto& [visibility, name] : EnumNames<Visibility>::kTable) {
    PostOptions options;
    options.visibility = visibility;
    options.caption = std::string(name);
    const PostRecord record = created(options, {video_url(std::to_string(++number) + ".mp4")}, true);
    EXPECT_EQ(taken(record.id)["tikTokOptions"]["visibility"], name);
    pass(61s);
    EXPECT_EQ(state_of(record.id), name == "private" ? PostState::kPending : PostState::kPublished) << name;
  }
}

TEST_P(ClientContract, ARefusalOfWhatIsShownIsAnAnswer) {
  PostOptions options;
  options.caption = std::string(2201, 'a');
  const auto check = client_->validate_post(options, {video_url()}, true, run_);
  ASSERT_TRUE(check) << describe(check.error());
  EXPECT_FALSE(check->accepted);
  ASSERT_THAT(check->errors, SizeIs(1));
  EXPECT_EQ(check->errors.front().code, 132);
  const auto posted = client_->create_post(options, {video_url()}, true, run_);
  ASSERT_FALSE(posted);
  EXPECT_EQ(posted.error().code, ErrorCode::kRejected);
}

TEST_P(ClientContract, AScheduledPostIsMovedHeldBackAndLetGo) {
  const std::string date = to_iso8601(clock_.now() + 48h);
  const std::string sooner = to_iso8601(clock_.now() + 24h);
  PostOptions options;
  options.caption = "Later";
  options.schedule_date = date;
  const PostRecord record = created_video(options);
  EXPECT_EQ(record.state, PostState::kScheduled);
  EXPECT_EQ(record.schedule_date, date);

  ASSERT_TRUE(client_->update_post(record.id, {.schedule_date = sooner, .notes = "moved"}, run_));
  const PostRecord moved = client_->get_post(record.id, run_).value();
  EXPECT_EQ(moved.schedule_date, sooner);
  EXPECT_EQ(moved.notes, "moved");
  ASSERT_TRUE(client_->update_post(record.id, {.schedule_paused = true}, run_));
  pass(25h);
  EXPECT_EQ(state_of(record.id), PostState::kPaused) << "held back";
  ASSERT_TRUE(client_->update_post(record.id, {.schedule_paused = false}, run_));
  pass(61s);
  EXPECT_EQ(state_of(record.id), PostState::kPublished);

  const Status too_late = client_->update_post(record.id, {.notes = "too late"}, run_);
  ASSERT_FALSE(too_late);
  EXPECT_EQ(too_late.error().code, ErrorCode::kRejected);
}

TEST_P(ClientContract, AnApprovedPostGoesOut) {
  PostOptions options;
  options.caption = "To be approved";
  options.requires_approval = true;
  const PostRecord record = created_video(options);
  pass(61s);
  EXPECT_EQ(state_of(record.id), PostState::kAwaitingApproval);
  ASSERT_TRUE(client_->update_post(record.id, {.approved = true}, run_));
  pass(61s);
  EXPECT_EQ(state_of(record.id), PostState::kPublished);
}

TEST_P(ClientContract, ADeletedPostIsGoneAndDeletedAgain) {
  PostOptions options;
  options.schedule_date = to_iso8601(clock_.now() + 48h);
  const PostRecord record = created_video(options);
  ASSERT_TRUE(client_->delete_post(record.id, run_));
  EXPECT_EQ(state_of(record.id), PostState::kDeleted);
  EXPECT_TRUE(client_->delete_post(record.id, run_)) << "as wished";
  const Status unknown = client_->delete_post("nobody-has-this-id", run_);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kRejected);
  EXPECT_THAT(*client_->history({}, run_), IsEmpty());
}

TEST_P(ClientContract, AFailedPostIsRetriedOnce) {
  PostOptions options;
  options.caption = "Will fail at first";
  options.notes = "sandbox:fail=internal";
  const PostRecord record = created_video(options);
  pass(61s);
  const PostRecord failed = client_->get_post(record.id, run_).value();
  EXPECT_EQ(failed.state, PostState::kFailed);
  ASSERT_THAT(failed.errors, SizeIs(1));
  EXPECT_EQ(failed.errors.front().platform, "tiktok");
  EXPECT_EQ(client_->history_entry(record.id, run_)->state, PostState::kFailed);

  const auto again = client_->retry_post(record.id, run_);
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_EQ(again->id, record.id);
  EXPECT_EQ(again->state, PostState::kPending);
  pass(61s);
  EXPECT_EQ(state_of(record.id), PostState::kPublished);
  const auto once_more = client_->retry_post(record.id, run_);
  ASSERT_FALSE(once_more);
  EXPECT_EQ(once_more.error().code, ErrorCode::kRejected);
}

TEST_P(ClientContract, TheHistoryIsNewestFirstAndEachEntryCanBeRead) {
  EXPECT_THAT(*client_->history({}, run_), IsEmpty());
  PostOptions options;
  std::vector<std::string> ids;
  for (const char* caption : {"one", "two", "three"}) {
    options.caption = caption;
    ids.push_back(created(options, {video_url(std::string(caption) + ".mp4")}, true).id);
    pass(61s);
  }
  const auto all = client_->history({}, run_);
  ASSERT_TRUE(all) << describe(all.error());
  ASSERT_THAT(*all, SizeIs(3));
  EXPECT_EQ(all->front().id, ids.back());
  EXPECT_EQ(all->back().caption, "one");
  EXPECT_EQ(all->back().state, PostState::kPublished);
  EXPECT_THAT(*client_->history({.limit = 2, .last_days = 0}, run_), SizeIs(2));
  const auto entry = client_->history_entry(ids.front(), run_);
  ASSERT_TRUE(entry) << describe(entry.error());
  EXPECT_EQ(entry->caption, "one");
  EXPECT_EQ(entry->state, PostState::kPublished);
  EXPECT_EQ(entry->created, all->back().created);
  EXPECT_EQ(entry->schedule_date, all->back().schedule_date);
  EXPECT_FALSE(client_->history_entry("nobody-has-this-id", run_));
}

TEST_P(ClientContract, ATextIsWeighed) {
  const TextWeight weight = client_->text_weight(kEmojiCaption, run_).value();
  EXPECT_EQ(weight.length, 15);
  EXPECT_EQ(weight.length_max, 2200);
  EXPECT_TRUE(weight.fits);
  EXPECT_FALSE(client_->text_weight(std::string(2201, 'a'), run_)->fits);
}

TEST_P(ClientContract, TheAccountHasTikTokAndCountsItsPosts) {
  EXPECT_TRUE(created_video({}).errors.empty());
  const auto account = client_->account(run_);
  ASSERT_TRUE(account) << describe(account.error());
  EXPECT_TRUE(account->has("tiktok"));
  EXPECT_FALSE(account->suspended);
  EXPECT_FALSE(account->ref_id.empty());
  EXPECT_EQ(account->monthly_posts, 1);
  EXPECT_EQ(account->monthly_posts_quota, 1000);
  EXPECT_GT(account->monthly_api_calls.value_or(0), 0);
  const LinkedAccount* linked = account->find("tiktok");
  ASSERT_NE(linked, nullptr);
  EXPECT_EQ(linked->username, "sandbox");
  EXPECT_EQ(linked->refresh_days_remaining, 365);
}

TEST_P(ClientContract, HooksAreRegisteredSignedAnewAndRemoved) {
  // Where nobody listens: only the service's book of them is looked at.
  const std::string url = "http://127.0.0.1:" + std::to_string(test::free_port()) + "/webhook";
  EXPECT_THAT(*client_->hooks(run_), IsEmpty());
  ASSERT_TRUE(client_->register_hook({"scheduled", url, Secret("the first secret")}, run_));
  ASSERT_TRUE(client_->register_hook({"social", url + "/social", std::nullopt}, run_));
  const auto hooks = client_->hooks(run_).value();
  std::vector<std::pair<std::string, std::string>> found;
  for (const RegisteredHook& hook : hooks) found.emplace_back(hook.action, hook.url);
  EXPECT_THAT(found, UnorderedElementsAre(testing::Pair("scheduled", url), testing::Pair("social", url + "/social")));

  ASSERT_TRUE(client_->rotate_hook_secret(Secret("the second secret"), run_));
  EXPECT_THAT(file_text("posts.json"), testing::HasSubstr("the second secret"));
  for (const RegisteredHook& hook : hooks) ASSERT_TRUE(client_->remove_hook(hook.action, run_));
  EXPECT_THAT(*client_->hooks(run_), IsEmpty());
  const Status none = client_->remove_hook("social", run_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kRejected);
}

INSTANTIATE_TEST_SUITE_P(Profiles, ClientContract, testing::Bool(),
                         [](const auto& profile) { return profile.param ? "Another" : "Primary"; });

}  // namespace
}  // namespace tokprep
