#include <atomic>

#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

class SandboxPost : public SandboxTest {
 protected:
  /// `body` with one change: HTTP 400, flat, code 101, and the message begins with the field's name.
  void expect_bad_field(Json body, const std::string& field) const {
    const Answer answer = post("/post", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.body["code"], 101) << body;
    EXPECT_EQ(answer.body["status"], "error") << body;
    EXPECT_TRUE(answer.body["message"].get<std::string>().starts_with(field + ":")) << answer.body;
  }
  void expect_bad_option(const std::vector<std::string>& urls, const std::string& name, const Json& value) const {
    Json body = post_body(urls);
    body["tikTokOptions"][name] = value;
    expect_bad_field(body, "tikTokOptions." + name);
  }
  /// The full posting form, with one error.
  static void expect_refused(const Answer& answer, int code, bool pre_check) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body["status"], "error");
    ASSERT_EQ(answer.body["errors"].size(), 1U) << answer.body;
    const Json& error = answer.body["errors"][0];
    EXPECT_EQ(error["code"], code);
    EXPECT_EQ(error["action"], "post");
    EXPECT_EQ(error["platform"], "tiktok");
    EXPECT_EQ(error.value("verifyCheck", false), pre_check);
    EXPECT_EQ(answer.body.value("validate", false), pre_check);
    EXPECT_EQ(answer.body["postIds"], Json::array());
    EXPECT_EQ(answer.body["id"].get<std::string>().size(), 20U);
    EXPECT_EQ(answer.body["refId"].get<std::string>().size(), 40U);
  }
  [[nodiscard]] std::vector<std::string> images(int count) const {
    std::vector<std::string> urls;
    for (int i = 0; i < count; ++i) urls.push_back(uploaded("i.jpg", "image " + std::to_string(i)));
    return urls;
  }
};

TEST_F(SandboxPost, VideoReplyHasTheServicesShape) {
  const Answer answer = post("/post", post_body({uploaded("a.mp4")}));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["status"], "success");
  EXPECT_EQ(answer.body["errors"], Json::array());
  EXPECT_EQ(answer.body["post"], "hello");
  EXPECT_EQ(answer.body["id"].get<std::string>().size(), 20U);
  EXPECT_EQ(answer.body["refId"].get<std::string>().size(), 40U);
  EXPECT_FALSE(answer.body.contains("tikTokId"));
  ASSERT_EQ(answer.body["postIds"].size(), 1U);
  const Json& entry = answer.body["postIds"][0];
  EXPECT_EQ(entry["id"], "pending");
  EXPECT_EQ(entry["status"], "success");
  EXPECT_EQ(entry["isVideo"], true);
  EXPECT_EQ(entry["platform"], "tiktok");
  EXPECT_TRUE(entry["idShare"].get<std::string>().starts_with("video.7"));
}

TEST_F(SandboxPost, ImagesReplyHasTheTikTokIdOnTop) {
  const Answer answer = post("/post", post_body({uploaded("a.jpg"), uploaded("b.webp")}));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["postIds"][0]["isVideo"], false);
  EXPECT_TRUE(answer.body["postIds"][0]["idShare"].get<std::string>().starts_with("p_pub_url~v2.7"));
  EXPECT_TRUE(answer.body["tikTokId"].get<std::string>().starts_with("p_pub_url~v2.7"));
}

TEST_F(SandboxPost, FieldsNobodyKnowsAreNamed) {
  const std::string url = uploaded("a.mp4");
  Json body = post_body({url});
  body["scheduledate"] = "2026-07-08T12:30:00Z";
  const Answer answer = post("/post", body);
  EXPECT_EQ(answer.body["message"], "scheduledate: unknown field; scheduleDate is known");
  expect_bad_field(body, "scheduledate");
  expect_bad_option({url}, "visibilty", "public");
  Json unplayed = post_body({url});
  unplayed["autoRepost"] = {{"repeat", 2}, {"days", 2}};
  expect_bad_field(unplayed, "autoRepost");
}

TEST_F(SandboxPost, WrongTypesAreNamed) {
  const std::string url = uploaded("a.mp4");
  const std::vector<std::pair<std::string, Json>> wrong{
      {"post", 7},
      {"platforms", "tiktok"},
      {"mediaUrls", url},
      {"isVideo", "true"},
      {"scheduleDate", 1'795'305'600},
      {"validateScheduled", 1},
      {"idempotencyKey", 1},
      {"tikTokOptions", Json::array()},
      {"notes", nullptr},
      {"firstComment", "nice"},
  };
  for (const auto& [name, value] : wrong) {
    Json body = post_body({url});
    body[name] = value;
    expect_bad_field(body, name);
  }
  expect_bad_option({url}, "draft", "yes");
  expect_bad_option({url}, "thumbNailOffset", -1);
  expect_bad_option({url}, "thumbNailOffset", 1.5);
  expect_bad_option({url}, "visibility", "everyone");
  for (const char* name : {"post", "platforms", "mediaUrls"}) {
    Json body = post_body({url});
    body.erase(name);
    expect_bad_field(body, name);
  }
}

TEST_F(SandboxPost, SdkFieldsAreTolerated) {
  Json body{{"post", ""}, {"platforms", {"tiktok"}}, {"mediaUrl", {uploaded("a.mp4")}}, {"source", "npm"}};
  EXPECT_EQ(post("/post", body).status, 200);
  body["mediaUrls"] = body["mediaUrl"];
  expect_bad_field(body, "mediaUrl");
}

TEST_F(SandboxPost, OnlyTikTokIsLinked) {
  Json body = post_body({uploaded("a.mp4")});
  for (const Json& platforms : {Json::array(), Json{"tictoc"}, Json{"tiktok", "tiktok"}}) {
    body["platforms"] = platforms;
    expect_bad_field(body, "platforms");
  }
  body["platforms"] = {"tiktok", "instagram"};
  const Answer other = post("/post", body);
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(other.body["code"], 156);
}

TEST_F(SandboxPost, OneVideoOrUpTo35Images) {
  const std::string video = uploaded("a.mp4");
  const std::vector<std::string> most = images(35);
  expect_bad_field(post_body({}), "mediaUrls");
  expect_bad_field(post_body({video, video}), "mediaUrls");
  expect_bad_field(post_body({video, most[0]}), "mediaUrls");
  EXPECT_EQ(post("/post", post_body(most)).status, 200);
  std::vector<std::string> too_many = most;
  too_many.push_back(most[0]);
  expect_bad_field(post_body(too_many), "mediaUrls");
}

TEST_F(SandboxPost, IsVideoMustAgreeWithTheMedia) {
  Json body = post_body({uploaded("a.jpg")});
  body["isVideo"] = true;
  expect_bad_field(body, "isVideo");
  body["isVideo"] = false;
  EXPECT_EQ(post("/post", body).status, 200);
}

TEST_F(SandboxPost, OptionsOfTheOtherKindAreRefused) {
  const std::string video = uploaded("a.mp4");
  const std::string image = uploaded("a.jpg");
  for (const char* name : {"disableDuet", "disableStitch", "isAIGenerated"}) expect_bad_option({image}, name, true);
  expect_bad_option({image}, "thumbNailOffset", 0);
  expect_bad_option({image}, "thumbNail", image);
  expect_bad_option({video}, "autoAddMusic", true);
  expect_bad_option({video}, "imageCoverIndex", 0);
  expect_bad_option({video}, "title", "a title");
  expect_bad_option({image}, "imageCoverIndex", 1);
  expect_bad_option({image}, "title", std::string(91, 'x'));
}

TEST_F(SandboxPost, OptionsThatFitAreTaken) {
  Json video = post_body({uploaded("a.mp4")});
  video["tikTokOptions"] = {{"disableDuet", true},   {"disableStitch", true},  {"isAIGenerated", true},
                            {"thumbNailOffset", 20}, {"isBrandOrganic", true}, {"visibility", "followers"}};
  EXPECT_EQ(post("/post", video).status, 200);
  Json photos = post_body(images(2));
  photos["tikTokOptions"] = {
      {"autoAddMusic", true}, {"imageCoverIndex", 1}, {"title", "two"}, {"disableComments", true}};
  photos["firstComment"] = {{"comment", "first"}};
  EXPECT_EQ(post("/post", photos).status, 200);
  photos["tikTokOptions"]["draft"] = true;
  expect_bad_field(photos, "firstComment");
}

TEST_F(SandboxPost, BrandedContentCannotBePrivate) {
  Json body = post_body({uploaded("a.mp4")});
  body["tikTokOptions"] = {{"isBrandedContent", true}, {"visibility", "private"}};
  expect_bad_field(body, "tikTokOptions.isBrandedContent");
}

TEST_F(SandboxPost, UrlsMustBeThereAndEndInAKnownExtension) {
  const std::string url = uploaded("a.mp4");
  const std::string octets = get("/media/uploadUrl?fileName=noext").body["accessUrl"];
  for (const std::string& wrong :
       {url + "?code=1", std::string("https://example.com/a.mp4"), origin() + "/media/x/y.mp4", octets}) {
    Json body = post_body({wrong});
    expect_refused(post("/post", body), 136, false);
    const Answer flat = post("/validate/post", body);
    EXPECT_EQ(flat.status, 400);
    EXPECT_EQ(flat.body["code"], 136);
  }
}

TEST_F(SandboxPost, PngIsRefusedBeforehand) {
  expect_refused(post("/post", post_body({uploaded("a.png")})), 254, true);
  expect_refused(post("/post", post_body({uploaded("a.jpg"), uploaded("b.png")})), 254, true);
}

TEST_F(SandboxPost, CaptionIsCountedInUtf16Units) {
  const std::string url = uploaded("a.mp4");
  std::string emoji;
  for (int i = 0; i < 1100; ++i) emoji += "\xF0\x9F\x98\x80";  // two units each
  EXPECT_EQ(post("/post", post_body({url}, emoji)).status, 200);
  const Answer refused = post("/post", post_body({url}, emoji + "x"));
  expect_refused(refused, 132, false);
  EXPECT_NE(refused.body["errors"][0]["message"].get<std::string>().find("1 more than the 2200"), std::string::npos);
}

TEST_F(SandboxPost, ThumbnailMustBeAnImageThatIsThere) {
  Json body = post_body({uploaded("a.mp4")});
  const auto with_thumbnail = [&](const std::string& url) {
    body["tikTokOptions"] = {{"thumbNail", url}};
    return body;
  };
  expect_refused(post("/post", with_thumbnail(uploaded("b.mp4", "other"))), 101, false);
  expect_refused(post("/post", with_thumbnail(origin() + "/media/no/where.jpg")), 136, false);
  expect_refused(post("/post", with_thumbnail("http://example.com/cover.jpg")), 136, false);
  EXPECT_EQ(post("/post", with_thumbnail(uploaded("cover.png", "cover"))).status, 200);
  body["post"] = "another";
  EXPECT_EQ(post("/post", with_thumbnail("https://example.com/cover.webp")).status, 200);
}

TEST_F(SandboxPost, DuplicatesAreRefusedForTwoDays) {
  EXPECT_EQ(post("/post", post_body({uploaded("a.mp4", "bytes")}, "text")).status, 200);
  const Json again = post_body({uploaded("b.mp4", "bytes")}, "text");  // another file with the same bytes
  expect_refused(post("/post", again), 137, false);
  EXPECT_EQ(post("/validate/post", again).body["code"], 137);
  EXPECT_EQ(post("/post", post_body({uploaded("c.mp4", "bytes")}, "other text")).status, 200);
  EXPECT_EQ(post("/post", post_body({uploaded("d.mp4", "other bytes")}, "text")).status, 200);
  clock_.advance(std::chrono::hours(48));
  EXPECT_EQ(post("/post", again).status, 200);
}

TEST_F(SandboxPost, IdempotencyKeyIsGoodForOnePost) {
  Json body = post_body({uploaded("a.mp4")}, "one");
  body["idempotencyKey"] = "key-1";
  EXPECT_EQ(post("/post", body).status, 200);
  body["post"] = "two";
  const Answer reused = post("/post", body);
  EXPECT_EQ(reused.status, 400);
  EXPECT_TRUE(reused.body["message"].get<std::string>().starts_with("idempotencyKey:")) << reused.body;
  EXPECT_EQ(get("/history").body["count"], 1);
  // Whatever became of the first post.
  Json refused = post_body({uploaded("a.png")});
  refused["idempotencyKey"] = "key-2";
  expect_refused(post("/post", refused), 254, true);
  EXPECT_EQ(post("/post", refused).body["message"], reused.body["message"]);
}

TEST_F(SandboxPost, ValidateLeavesNoTrace) {
  Json body = post_body({uploaded("a.mp4")});
  body["idempotencyKey"] = "key";
  const Answer valid = post("/validate/post", body);
  EXPECT_EQ(valid.status, 200);
  EXPECT_EQ(valid.body["status"], "success");
  EXPECT_EQ(get("/history").status, 400);
  EXPECT_EQ(post("/post", body).status, 200);
}

TEST_F(SandboxPost, ProfileKeyWrapsTheReply) {
  const Json body = post_body({uploaded("a.mp4")});
  const httplib::Headers profile{{"Profile-Key", "PROFILE-SECRET"}};
  const Answer wrapped = post("/post", body, profile);
  ASSERT_EQ(wrapped.status, 200) << wrapped.body;
  EXPECT_EQ(wrapped.body["status"], "success");
  ASSERT_EQ(wrapped.body["posts"].size(), 1U);
  EXPECT_EQ(wrapped.body["posts"][0]["postIds"][0]["id"], "pending");
  const Answer refused = post("/post", body, profile);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body["posts"][0]["errors"][0]["code"], 137);
  // Profiles do not see each other, and no key is kept.
  EXPECT_EQ(get("/history").status, 400);
  EXPECT_EQ(get("/post/" + wrapped.body["posts"][0]["id"].get<std::string>()).status, 404);
  EXPECT_EQ(post("/post", body).status, 200);
  EXPECT_EQ(file_text("posts.json").find("PROFILE-SECRET"), std::string::npos);
}

/// Looks at what is in the file, as the program's own inspector would.
class SandboxInspector : public SandboxPost {
 protected:
  void SetUp() override {
    config_.inspect = [this](const std::filesystem::path& file) {
      ++looks_;
      std::ifstream stream(file);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      Inspection seen;
      if (text.starts_with("video")) seen.kind = Inspection::Kind::kVideo;
      if (text.starts_with("image")) seen.kind = Inspection::Kind::kImage;
      if (text.ends_with("bad")) seen.refusal = "It is bad.";
      return seen;
    };
    SandboxPost::SetUp();
  }
  std::atomic<int> looks_ = 0;
};

TEST_F(SandboxInspector, RefusalsAreFoundBeforehand) {
  const Answer video = post("/post", post_body({uploaded("a.mp4", "video, bad")}));
  expect_refused(video, 182, true);
  EXPECT_NE(video.body["errors"][0]["message"].get<std::string>().find("It is bad."), std::string::npos);
  expect_refused(post("/post", post_body({uploaded("a.jpg", "image"), uploaded("b.jpg", "image, bad")})), 254, true);
  EXPECT_EQ(post("/post", post_body({uploaded("a.mp4", "video")})).status, 200);
  EXPECT_EQ(looks_, 4);
}

TEST_F(SandboxInspector, FilesMustBeWhatTheirNamesSay) {
  expect_refused(post("/post", post_body({uploaded("a.mp4", "image")})), 182, true);
  expect_refused(post("/post", post_body({uploaded("a.jpg", "video")})), 254, true);
  expect_refused(post("/post", post_body({uploaded("a.jpg", "no media")})), 254, true);
}

TEST_F(SandboxInspector, UnseenScheduledPostsAreJudgedWhenTheyGoOut) {
  Json body = post_body({uploaded("a.mp4", "video, bad")});
  body["scheduleDate"] = "2026-11-22T00:40:00Z";
  expect_refused(post("/post", body), 182, true);
  body["validateScheduled"] = false;
  const std::string id = submitted(body);
  EXPECT_EQ(get("/post/" + id).body["status"], "pending");
  clock_.advance(std::chrono::minutes(40));
  const Json gone = get("/post/" + id).body;
  EXPECT_EQ(gone["status"], "error");
  EXPECT_EQ(gone["postIds"][0]["id"], "failed");
  EXPECT_EQ(gone["errors"][0]["code"], 182);
}

}  // namespace
}  // namespace tokprep
