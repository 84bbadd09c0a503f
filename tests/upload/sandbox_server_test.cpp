#include <thread>

#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

class SandboxServer : public SandboxTest {
 protected:
  /// Sends `text` as it is; returns the whole answer.
  static std::string exchanged(const FileDescriptor& socket, const std::string& text) {
    EXPECT_EQ(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL), std::ssize(text));
    std::string answer;
    char byte = 0;
    while (::recv(socket.get(), &byte, 1, 0) > 0) answer += byte;
    return answer;
  }
};

TEST_F(SandboxServer, WrongAndMissingKeysAreRefused) {
  const std::string key = sandbox_->api_key();
  for (const httplib::Headers& headers :
       {httplib::Headers{}, httplib::Headers{{"Authorization", key}}, httplib::Headers{{"Authorization", "Bearer "}},
        httplib::Headers{{"Authorization", "Bearer " + key + "x"}},
        httplib::Headers{{"Authorization", "Bearer " + key.substr(1)}}}) {
    const Answer answer = read(client().Get("/api/user", headers));
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.body["action"], "authorization");
    EXPECT_EQ(answer.body["status"], "error");
    EXPECT_EQ(answer.body["message"], "API Key not valid.");
  }
  // The answer arrives even where a body was on its way.
  const httplib::MultipartFormDataItems form{{"file", std::string(8'000'000, 'x'), "a.mp4", "video/mp4"}};
  EXPECT_EQ(read(client().Post("/api/media/upload", httplib::Headers{}, form)).status, 403);
}

TEST_F(SandboxServer, MadeKeyHasTheServicesShape) {
  const std::string key = sandbox_->api_key();
  ASSERT_EQ(key.size(), 31U);
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool dash = i % 8 == 7;
    EXPECT_TRUE(dash ? key[i] == '-' : (std::isupper(key[i]) != 0 || std::isdigit(key[i]) != 0)) << key;
  }
}

TEST_F(SandboxServer, ThreeHundredCallsInFiveMinutes) {
  for (int i = 1; i <= 300; ++i) {
    const Answer answer = get("/user");
    ASSERT_EQ(answer.status, 200) << i;
    ASSERT_EQ(answer.headers.find("x-ratelimit-count")->second, std::to_string(i));
    ASSERT_EQ(answer.headers.find("x-ratelimit-max")->second, "300");
  }
  const Answer blocked = get("/user");
  EXPECT_EQ(blocked.status, 429);
  EXPECT_EQ(blocked.body["status"], "error");
  EXPECT_EQ(blocked.headers.find("x-ratelimit-count")->second, "301");
  httplib::Headers profile = key();
  profile.emplace("Profile-Key", "another");
  EXPECT_EQ(client().Get("/api/user", profile)->status, 200) << "each profile has a window of its own";
  clock_.advance(std::chrono::milliseconds(299'999));
  EXPECT_EQ(get("/user").status, 429);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(get("/user").status, 200);
}

TEST_F(SandboxServer, UnknownEndpointsAndWrongMethods) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/nothing").body["status"], "error");
  EXPECT_EQ(read(client().Get("/elsewhere")).status, 404);
  const Answer wrong = get("/post");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.find("Allow")->second, "POST, PATCH, PUT, DELETE");
  EXPECT_EQ(read(client().Put("/api/user", key(), "{}", "application/json")).status, 405);
  EXPECT_EQ(read(client().Get("/upload/token")).status, 405);
}

TEST_F(SandboxServer, BodiesMustBeJsonObjects) {
  for (const char* body : {"", "{", "[1]", "\"text\"", "{\"post\":}", "\xFF\xFE"}) {
    const Answer answer = read(client().Post("/api/post", key(), body, "application/json"));
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.body["code"], 101) << body;
  }
  EXPECT_EQ(read(client().Post("/api/post", key(), "{}", "text/plain")).status, 400);
  EXPECT_EQ(read(client().Post("/api/post", key(), {{"post", "x", "", ""}})).status, 400);
  const std::string long_body = R"({"post":")" + std::string(2'000'000, 'x') + "\"}";
  EXPECT_EQ(read(client().Post("/api/post", key(), long_body, "application/json")).status, 400);
}

TEST_F(SandboxServer, NoLengthMeansNoBody) {
  const auto bare = [&](const std::string& method, const std::string& path) {
    const FileDescriptor socket = connected();
    const std::string head = method + " " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                             sandbox_->api_key() + "\r\nContent-Type: application/json\r\n\r\n";
    return exchanged(socket, head);
  };
  EXPECT_TRUE(bare("POST", "/api/post").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(bare("DELETE", "/api/post").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(bare("POST", "/api/nothing").starts_with("HTTP/1.1 404"));
  EXPECT_EQ(requests().size(), 3U);
}

TEST_F(SandboxServer, StopDoesNotWaitForSilentClients) {
  const FileDescriptor silent = connected();
  const auto began = std::chrono::steady_clock::now();
  sandbox_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
}

TEST_F(SandboxServer, RestartGoesOnFromDisk) {
  const std::string url = uploaded("a.mp4", "kept bytes");
  Json body = post_body({url});
  body["idempotencyKey"] = "once";
  const std::string now = submitted(body);
  Json later = post_body({url}, "later");
  later["scheduleDate"] = "2026-11-22T00:40:00Z";
  const std::string scheduled = submitted(later);
  const std::string ticket = path_of(get("/media/uploadUrl?fileName=b.mp4").body["uploadUrl"]);
  const std::string path = path_of(url);

  clock_.advance(std::chrono::minutes(20));
  restart();

  EXPECT_EQ(client().Get(path)->body, "kept bytes");
  EXPECT_TRUE(get("/post/" + now).body["postIds"][0].contains("postUrl")) << "time passed while the server was off";
  EXPECT_EQ(get("/history").body["count"], 2);
  EXPECT_EQ(put(origin() + ticket, "late", "video/mp4")->status, 200);
  Json again = post_body({origin() + path}, "new text");
  again["idempotencyKey"] = "once";
  EXPECT_EQ(post("/post", again).status, 400);
  EXPECT_EQ(post("/post", post_body({origin() + path})).body["errors"][0]["code"], 137);
  clock_.advance(std::chrono::minutes(30));
  EXPECT_TRUE(get("/post/" + scheduled).body["postIds"][0].contains("postUrl")) << "fires on another port too";
}

TEST_F(SandboxServer, EveryRequestIsLoggedWithoutKeys) {
  const std::string url = uploaded("a.mp4", "12345");
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  const std::string upload_path = path_of(ticket.body["uploadUrl"]);
  put(ticket.body["uploadUrl"], "123", "video/mp4");
  httplib::Headers wrong{{"Authorization", "Bearer WRONG-SECRET"}, {"Profile-Key", "PROFILE-SECRET"}};
  static_cast<void>(client().Get("/api/user", wrong));
  const std::vector<Json> lines = requests();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], Json({{"time", "2026-11-22T00:00:00.250Z"},
                            {"method", "POST"},
                            {"path", "/api/media/upload"},
                            {"status", 200},
                            {"bytes", 5}}));
  EXPECT_EQ(lines[1]["path"], "/api/media/uploadUrl");
  EXPECT_EQ(lines[2]["method"], "PUT");
  EXPECT_EQ(lines[2]["bytes"], 3);
  EXPECT_EQ(lines[3]["status"], 403);
  const std::string text = file_text("requests.jsonl");
  for (const std::string& secret : {sandbox_->api_key(), std::string("SECRET"), upload_path}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
}

TEST_F(SandboxServer, PageShowsPostsAndEscapesEverything) {
  Json body = post_body({uploaded("a.mp4")}, "<script>alert(\"x\")</script> & 'more'");
  body["notes"] = "<b>notes</b>";
  submitted(body);
  submitted(post_body({uploaded("\"><i>.jpg")}, "a photo"));
  const auto result = client().Get("/");
  ASSERT_EQ(result->status, 200);
  const std::string& html = result->body;
  for (const char* raw : {"<script", "<b>notes", "\"><i>"}) EXPECT_EQ(html.find(raw), std::string::npos) << raw;
  EXPECT_NE(html.find("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39;"), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;notes&lt;/b&gt;"), std::string::npos);
  EXPECT_NE(html.find("<video src=\"/media/"), std::string::npos);
  EXPECT_NE(html.find("<img src=\"/media/"), std::string::npos);
  EXPECT_NE(html.find("pending"), std::string::npos);
  const std::string policy = result->get_header_value("Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST_F(SandboxServer, ManyClientsAtOnceLoseNothing) {
  constexpr int kClients = 8;
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([this, i] {
      const std::string name = "clip " + std::to_string(i);
      submitted(post_body({uploaded("a.mp4", name)}, name));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(get("/history").body["count"], kClients);
  EXPECT_EQ(Json::parse(file_text("posts.json"))["posts"].size(), std::size_t{kClients});
}

TEST_F(SandboxServer, OfTwoEqualPostsAtOnceOneIsTaken) {
  Json body = post_body({uploaded("a.mp4")});
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] { taken += post("/post", body).status == 200 ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
}

TEST_F(SandboxServer, StopIsPromptAndFreesPortAndFolder) {
  const std::string url = sandbox_->api_url();
  const auto began = std::chrono::steady_clock::now();
  sandbox_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
  EXPECT_FALSE(httplib::Client(origin()).Get("/"));
  config_.port = std::stoi(url.substr(url.rfind(':') + 1));
  auto second = Sandbox::start(config_);
  ASSERT_TRUE(second.has_value()) << describe(second.error());
  EXPECT_EQ((*second)->api_url(), url);
}

TEST_F(SandboxServer, StartSaysWhatIsWrong) {
  const auto code_of = [](const SandboxConfig& config) {
    const auto started = Sandbox::start(config);
    return started ? "started" : to_string(started.error().code);
  };
  EXPECT_EQ(code_of(config_), "output_unwritable") << "the folder is in use";
  SandboxConfig other = config_;
  other.data_dir = data_dir_ / "other";
  const std::string url = sandbox_->api_url();
  other.port = std::stoi(url.substr(url.rfind(':') + 1));
  EXPECT_EQ(code_of(other), "network") << "the port is taken";
  other.port = 70'000;
  EXPECT_EQ(code_of(other), "invalid_argument");
  other.port = 0;
  other.api_key = "two words";
  EXPECT_EQ(code_of(other), "invalid_argument");
  other.api_key = "";
  other.publish_delay = std::chrono::milliseconds(-1);
  EXPECT_EQ(code_of(other), "invalid_argument");
  other = {};
  EXPECT_EQ(code_of(other), "invalid_argument") << "no folder";
  other.data_dir = data_dir_ / "posts.json" / "below a file";
  EXPECT_EQ(code_of(other), "output_unwritable");
  other.data_dir = data_dir_ / "broken";
  std::filesystem::create_directories(other.data_dir);
  std::ofstream(other.data_dir / "posts.json") << "{\"posts\":7}";
  EXPECT_EQ(code_of(other), "invalid_argument") << "a history that is not ours is not overwritten";
}

}  // namespace
}  // namespace tokprep
