#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "tests/upload/client_fixture.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using test::ScriptedReply;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kReachable = R"({"status":"success","statusCode":200,"contentType":"video/mp4"})";
constexpr const char* kNotFound = R"({"status":"error","statusCode":404,"statusText":"Not Found"})";

class MediaApiTest : public test::ClientFixture {
 protected:
  MediaApiTest() {
    server_.on("POST /api/media/urlExists", {{.body = kReachable}});
    server_.on("POST /api/media/upload", {{.body = R"({"id":"1","url":"https://images.example/a/1.mp4"})"}});
  }

  UploadRequest small_video() { return {folder_.file("v.mp4", kBytes), "beach day.mp4", "video/mp4"}; }

  /// 31 MB that take no room, with a mark at the end.
  UploadRequest large_video() {
    const auto path = folder_.file("large.mp4", "");
    const int fd = ::open(path.c_str(), O_WRONLY);
    EXPECT_EQ(::pwrite(fd, "end", 3, 31'000'000 - 3), 3);
    ::close(fd);
    return {path, "large.mp4", "video/mp4"};
  }

  std::string slot(const std::string& upload_path) const {
    return R"({"accessUrl":"https://media.example/large.mp4","contentType":"video/mp4","uploadUrl":")" + server_.url() +
           upload_path + R"("})";
  }

  const std::string kBytes = std::string("\0\r\n--boundary\r\n", 15) + std::string(100'000, 'v');
};

TEST_F(MediaApiTest, ASmallFileGoesAsAFormIntact) {
  const auto uploaded = client_.upload(small_video(), run_);
  ASSERT_TRUE(uploaded) << uploaded.error().message;
  EXPECT_EQ(uploaded->url, "https://images.example/a/1.mp4");
  EXPECT_EQ(uploaded->size_bytes, kBytes.size());
  EXPECT_EQ(uploaded->expires_at, clock_.now() + std::chrono::days(90));

  const auto request = server_.requests("POST /api/media/upload").at(0);
  EXPECT_EQ(request.header("authorization"), std::string("Bearer ") + test::kApiKey);
  EXPECT_EQ(request.header("profile-key"), test::kProfileKey);
  EXPECT_THAT(request.header("content-type"), testing::StartsWith("multipart/form-data; boundary="));
  EXPECT_THAT(request.body, HasSubstr("Content-Disposition: form-data; name=\"fileName\"\r\n\r\nbeach day.mp4\r\n"));
  EXPECT_THAT(request.body, HasSubstr("Content-Disposition: form-data; name=\"file\"; filename=\"beach day.mp4\"\r\n"
                                      "Content-Type: video/mp4\r\n\r\n" +
                                      kBytes + "\r\n--"));
}

TEST_F(MediaApiTest, ProgressRunsToTheEnd) {
  std::vector<double> done;
  run_.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, "upload");
    done.push_back(progress.done);
  };
  ASSERT_TRUE(client_.upload(small_video(), run_));
  ASSERT_FALSE(done.empty());
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), 1.0);
}

TEST_F(MediaApiTest, AnUnavailableServiceIsAskedAgain) {
  server_.on("POST /api/media/upload", {{.status = 503, .body = "<html>busy</html>"},
                                        {.status = 502, .body = "<html>Bad Gateway</html>"},
                                        {.body = R"({"url":"https://images.example/1.mp4"})"}});
  ASSERT_TRUE(client_.upload(small_video(), run_));
  const auto requests = server_.requests("POST /api/media/upload");
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[2].body, HasSubstr(kBytes)) << "the file is read from its start again";
  EXPECT_THAT(clock_.slept(), ElementsAre(500ms, 1000ms));
}

TEST_F(MediaApiTest, AServiceThatStaysDownIsUnavailable) {
  server_.on("POST /api/media/upload", {{.status = 503, .body = "<html>busy</html>"}});
  const auto uploaded = client_.upload(small_video(), run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(uploaded.error().native, 503);
}

TEST_F(MediaApiTest, ALostAnswerToAnUploadIsRepeatedAndNeverUnknown) {
  server_.on("POST /api/media/upload", {{.answer = ScriptedReply::Answer::kNone}});
  const auto uploaded = client_.upload(small_video(), run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kNetwork);
  EXPECT_GE(server_.requests("POST /api/media/upload").size(), 3U);
}

TEST_F(MediaApiTest, ALargeFileIsPutExactlyAsTheSlotSays) {
  server_.on("GET /api/media/uploadUrl", {{.body = slot("/bucket/one?signature=s1")}});
  server_.on("PUT /bucket/one", {{}});
  const auto uploaded = client_.upload(large_video(), run_);
  ASSERT_TRUE(uploaded) << uploaded.error().message;
  EXPECT_EQ(uploaded->url, "https://media.example/large.mp4");
  EXPECT_EQ(uploaded->expires_at, clock_.now() + std::chrono::days(30));
  EXPECT_EQ(server_.requests("GET /api/media/uploadUrl").at(0).target,
            "/api/media/uploadUrl?fileName=large.mp4&contentType=mp4");

  const auto put = server_.requests("PUT /bucket/one").at(0);
  EXPECT_EQ(put.header("content-type"), "video/mp4");
  EXPECT_EQ(put.header("content-length"), "31000000");
  EXPECT_EQ(put.headers.count("authorization"), 0U);
  EXPECT_EQ(put.headers.count("profile-key"), 0U);
  EXPECT_EQ(put.headers.count("expect"), 0U);
  EXPECT_EQ(put.headers.count("transfer-encoding"), 0U);
  EXPECT_EQ(sha256_of(put.body), *sha256_of_file(folder_.path() / "large.mp4", run_));
}

TEST_F(MediaApiTest, AFailedPutGetsANewUrl) {
  server_.on("GET /api/media/uploadUrl", {{.body = slot("/one")}, {.body = slot("/two")}, {.body = slot("/three")}});
  server_.on("PUT /one", {{.cut_after_body_bytes = 256 * 1024}});
  server_.on("PUT /two", {{.status = 403, .body = "<Error>expired</Error>"}});
  server_.on("PUT /three", {{}});
  const auto uploaded = client_.upload(large_video(), run_);
  ASSERT_TRUE(uploaded) << uploaded.error().message;
  EXPECT_EQ(server_.requests("PUT /one").size(), 1U);
  EXPECT_EQ(server_.requests("PUT /two").size(), 1U);
  EXPECT_EQ(server_.requests("PUT /three").at(0).body.size(), 31'000'000U);
}

TEST_F(MediaApiTest, AFileThatIsTooSlowForItsUrlIsEndedOnItsWay) {
  server_.on("GET /api/media/uploadUrl", {{.body = slot("/one")}});
  server_.on("PUT /one", {{}});
  run_.progress = [&](const Progress&) { clock_.advance(std::chrono::hours(1)); };
  const auto uploaded = client_.upload(large_video(), run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kNotCompliant) << describe(uploaded.error());
  EXPECT_EQ(uploaded.error().rule, "upload.window");
  EXPECT_LE(server_.requests("PUT /one").size(), 1U);
}

/// A line on which the first two files get nowhere beside each other.
class SharedLine final : public HttpClient {
 public:
  SharedLine(HttpClient& http, test::FakeClock& clock) : http_(http), clock_(clock) {}

  Result<HttpResponse> send(const HttpRequest& request, const RunContext& run) override {
    if (!std::holds_alternative<FileBody>(request.body) || files_++ >= 2) return http_.send(request, run);
    both_began_.arrive_and_wait();
    clock_.advance(20min);
    request.on_sent(1'000'000, 31'000'000);
    EXPECT_TRUE(run.stop.stop_requested());
    both_told_.arrive_and_wait();
    return fail(ErrorCode::kCancelled, "stopped");
  }

 private:
  HttpClient& http_;
  test::FakeClock& clock_;
  std::atomic<int> files_{0};
  std::latch both_began_{2};
  std::latch both_told_{2};
};

TEST_F(MediaApiTest, FilesThatSlowEachOtherDownAreSentOneAfterTheOther) {
  server_.on("GET /api/media/uploadUrl", {{.body = slot("/one")}});
  server_.on("PUT /one", {{}});
  SharedLine line(http_, clock_);
  AyrshareClient client(line, {server_.url() + "/api", Secret(test::kApiKey), std::nullopt}, policy());
  const UploadRequest request = large_video();
  std::atomic<int> uploaded{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        if (client.upload(request, run_)) ++uploaded;
      });
    }
  }
  EXPECT_EQ(uploaded, 2);
  EXPECT_EQ(server_.requests("PUT /one").size(), 2U);
  EXPECT_EQ(server_.requests("GET /api/media/uploadUrl").size(), 4U);
}

TEST_F(MediaApiTest, AStorageThatRefusesIsNoMatterOfTheKey) {
  server_.on("GET /api/media/uploadUrl", {{.body = slot("/one?signature=secret")}});
  server_.on("PUT /one", {{.status = 403}});
  const auto uploaded = client_.upload(large_video(), run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kRejected);
  EXPECT_EQ(uploaded.error().native, 403);
  EXPECT_EQ(describe(uploaded.error()).find("secret"), std::string::npos);
  EXPECT_EQ(server_.requests("PUT /one").size(), 3U);
}

TEST_F(MediaApiTest, WaitsUntilTheFileCanBeReached) {
  server_.on("POST /api/media/urlExists",
             {{.body = kNotFound}, {.status = 404, .body = kNotFound}, {.body = kReachable}});
  ASSERT_TRUE(client_.upload(small_video(), run_));
  const auto requests = server_.requests("POST /api/media/urlExists");
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(nlohmann::json::parse(requests[0].body), nlohmann::json({{"mediaUrl", "https://images.example/a/1.mp4"}}));
}

TEST_F(MediaApiTest, AFileThatStaysOutOfReachIsRejectedWithUrlAndStatus) {
  server_.on("POST /api/media/urlExists", {{.body = kNotFound}});
  const auto uploaded = client_.upload(small_video(), run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kRejected);
  EXPECT_EQ(uploaded.error().message,
            "the uploaded file cannot be reached at https://images.example/a/1.mp4 (HTTP 404)");
  EXPECT_EQ(server_.requests("POST /api/media/urlExists").size(), 8U);
}

TEST_F(MediaApiTest, AHostedUrlNeedsAKnownExtension) {
  for (const char* url : {"https://images.example/1", "https://images.example/1.mp4?code=1"}) {
    server_.on("POST /api/media/upload", {{.body = nlohmann::json({{"url", url}}).dump()}});
    const auto uploaded = client_.upload(small_video(), run_);
    ASSERT_FALSE(uploaded);
    EXPECT_EQ(uploaded.error().code, ErrorCode::kRejected) << url;
  }
}

TEST_F(MediaApiTest, ANameWithoutAKnownExtensionIsRefusedBeforeAnythingIsSent) {
  for (const char* name : {"video", "video.mkv", "mp4", ""}) {
    const auto uploaded = client_.upload({folder_.file("v", "x"), name, "video/mp4"}, run_);
    ASSERT_FALSE(uploaded);
    EXPECT_EQ(uploaded.error().code, ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(MediaApiTest, AMissingFileIsRefusedBeforeAnythingIsSent) {
  const auto uploaded = client_.upload({folder_.path() / "none.mp4", "none.mp4", "video/mp4"}, run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kInputUnreadable);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(MediaApiTest, AnAnswerWithoutAUrlIsUnavailable) {
  server_.on("POST /api/media/upload", {{.body = R"({"id":"1"})"}});
  const auto uploaded = client_.upload(small_video(), run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kUnavailable);
}

TEST_F(MediaApiTest, AWrongKeyIsNotTriedAgainAndNotShown) {
  server_.on("POST /api/media/upload", {{.status = 403,
                                         .body = std::string(R"({"status":"error","message":"API Key not valid: )") +
                                                 test::kApiKey + " for " + test::kProfileKey + "\"}"}});
  const auto uploaded = client_.upload(small_video(), run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kAuth);
  EXPECT_THAT(uploaded.error().message, HasSubstr("the service refused the key (HTTP 403): API Key not valid: ***"));
  expect_no_key(uploaded.error());
  EXPECT_EQ(server_.requests().size(), 1U);
}

}  // namespace
}  // namespace tokprep
