#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

class SandboxLimits : public SandboxTest {
 protected:
  [[nodiscard]] std::string reason_of(const std::string& id) const {
    const Json errors = get("/post/" + id).body["errors"];
    return errors.empty() ? "" : errors[0].value("details", "");
  }
  void restart_with(const std::function<void(SandboxConfig&)>& change) {
    change(config_);
    restart();
  }
};

TEST_F(SandboxLimits, WindowIsConfigured) {
  restart_with([](SandboxConfig& config) {
    config.calls_per_window = 2;
    config.call_window = std::chrono::seconds(10);
  });
  EXPECT_EQ(get("/user").headers.find("x-ratelimit-max")->second, "2");
  EXPECT_EQ(get("/user").status, 200);
  EXPECT_EQ(get("/user").status, 429);
  clock_.advance(std::chrono::seconds(10));
  EXPECT_EQ(get("/user").status, 200);
}

TEST_F(SandboxLimits, AThousandRefusalsSuspend) {
  restart_with([](SandboxConfig& config) { config.calls_per_window = 1; });
  httplib::Client http(origin());
  http.set_keep_alive(true);
  ASSERT_EQ(http.Get("/api/user", key())->status, 200);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(http.Get("/api/user", key())->status, 429) << i;
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(http.Get("/api/user", key())->status, 403);
}

TEST_F(SandboxLimits, SixPostsAMinute) {
  const std::string url = uploaded("a.mp4");
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(submitted(post_body({url}, std::to_string(i))));
  clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(reason_of(ids[5]), "");
  EXPECT_EQ(reason_of(ids[6]), "rate_limit_exceeded");
  const std::string later = submitted(post_body({url}, "later"));
  clock_.advance(std::chrono::seconds(60));
  EXPECT_TRUE(get("/post/" + later).body["postIds"][0].contains("postUrl"));
}

TEST_F(SandboxLimits, FifteenPostsADayForEachProfile) {
  const std::string url = uploaded("a.mp4");
  std::vector<std::string> ids;
  for (int i = 0; i < 16; ++i) {
    ids.push_back(submitted(post_body({url}, std::to_string(i))));
    clock_.advance(std::chrono::minutes(2));
  }
  EXPECT_EQ(reason_of(ids[14]), "");
  EXPECT_EQ(reason_of(ids[15]), "spam_risk_too_many_posts");
  EXPECT_EQ(get("/post/" + ids[15]).body["errors"][0]["retryAvailable"], true);
  const Answer other = post("/post", post_body({url}, "other"), {{"Profile-Key", "OTHER"}});
  EXPECT_EQ(other.status, 200);
  clock_.advance(std::chrono::hours(24));
  const std::string next_day = submitted(post_body({url}, "next day"));
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(reason_of(next_day), "");
}

TEST_F(SandboxLimits, ConsentEnds) {
  EXPECT_EQ(get("/user").body["displayNames"][0]["refreshDaysRemaining"], 365);
  clock_.advance(std::chrono::hours(24 * 355));
  EXPECT_EQ(get("/user").body["displayNames"][0]["refreshDaysRemaining"], 10);
  EXPECT_EQ(get("/user").body["displayNames"][0]["refreshRequired"], "2027-11-22T00:00:00.250Z");
  restart();
  clock_.advance(std::chrono::hours(24 * 10));
  EXPECT_EQ(get("/user").body["displayNames"][0]["refreshDaysRemaining"], 0);
  const std::string id = submitted(post_body({uploaded("a.mp4")}));
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(reason_of(id), "auth_removed");
}

TEST_F(SandboxLimits, MediaThatBreakARuleFailLateWhereTheServiceDoesNotLook) {
  restart_with([](SandboxConfig& config) {
    config.pre_check = false;
    config.inspect = [](const std::filesystem::path&) {
      return Inspection{.kind = Inspection::Kind::kVideo, .refusal = "It is bad.", .late_reason = std::nullopt};
    };
  });
  const std::string id = submitted(post_body({uploaded("a.mp4")}));
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(reason_of(id), "file_format_check_failed");
}

TEST_F(SandboxLimits, InspectorNamesTikToksReason) {
  restart_with([](SandboxConfig& config) {
    config.inspect = [](const std::filesystem::path&) {
      return Inspection{
          .kind = Inspection::Kind::kVideo, .refusal = std::nullopt, .late_reason = "frame_rate_check_failed"};
    };
  });
  const std::string id = submitted(post_body({uploaded("a.mp4")}));
  EXPECT_EQ(get("/post/" + id).body["postIds"][0]["id"], "pending");
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(reason_of(id), "frame_rate_check_failed");
}

TEST_F(SandboxLimits, KeyIsReplayedOnRequest) {
  restart_with([](SandboxConfig& config) { config.replay_idempotent = true; });
  Json body = post_body({uploaded("a.mp4")});
  body["idempotencyKey"] = "key";
  const Answer first = post("/post", body);
  const Answer again = post("/post", body);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(counts()["posts"]["accepted"], 1);
}

TEST_F(SandboxLimits, StartRefusesLimitsThatMakeNoSense) {
  const auto starts = [&](const std::function<void(SandboxConfig&)>& change) {
    SandboxConfig config = config_;
    config.data_dir = folder_.path() / "other";
    change(config);
    return Sandbox::start(config).has_value();
  };
  EXPECT_TRUE(starts([](SandboxConfig&) {}));
  EXPECT_FALSE(starts([](SandboxConfig& config) { config.calls_per_window = 0; }));
  EXPECT_FALSE(starts([](SandboxConfig& config) { config.tiktok_posts_per_day = -1; }));
  EXPECT_FALSE(starts([](SandboxConfig& config) { config.webhook_timeout = std::chrono::milliseconds(0); }));
  EXPECT_FALSE(starts([](SandboxConfig& config) { config.webhook_retry_delays = {std::chrono::milliseconds(-1)}; }));
}

}  // namespace
}  // namespace tokprep
