#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"
#include "upload/sandbox/sandbox.h"

namespace tokprep {

/// A sandbox on a free port with a folder of its own, and one client that knows the key.
class SandboxTest : public testing::Test {
 protected:
  void SetUp() override {
    clock_.advance(std::chrono::milliseconds(250));
    config_.data_dir = data_dir_;
    config_.clock = &clock_;
    config_.publish_delay = std::chrono::seconds(60);
    start();
  }

  void start() {
    auto started = Sandbox::start(config_);
    ASSERT_TRUE(started.has_value()) << describe(started.error());
    sandbox_ = std::move(*started);
  }

  /// On another port, with another key, from what is on disk.
  void restart() {
    sandbox_.reset();
    start();
  }

  [[nodiscard]] std::string origin() const {
    const std::string url = sandbox_->api_url();
    return url.substr(0, url.size() - std::string("/api").size());
  }
  [[nodiscard]] httplib::Client client() const {
    httplib::Client http(origin());
    http.set_read_timeout(std::chrono::seconds(20));
    return http;
  }
  [[nodiscard]] httplib::Headers key() const { return {{"Authorization", "Bearer " + sandbox_->api_key()}}; }

  struct Answer {
    int status = 0;
    Json body;
    httplib::Headers headers;
  };
  static Answer read(const httplib::Result& result) {
    if (!result) {
      ADD_FAILURE() << "no answer: " << httplib::to_string(result.error());
      return {};
    }
    return {result->status, Json::parse(result->body, nullptr, false), result->headers};
  }

  [[nodiscard]] Answer get(const std::string& path) const { return read(client().Get("/api" + path, key())); }
  Answer post(const std::string& path, const Json& body, httplib::Headers more = {}) const {
    more.merge(key());
    return read(client().Post("/api" + path, more, body.dump(), "application/json"));
  }
  [[nodiscard]] Answer remove(const Json& body) const {
    return read(client().Delete("/api/post", key(), body.dump(), "application/json"));
  }
  [[nodiscard]] Answer upload(const std::string& name, const std::string& bytes) const {
    const httplib::MultipartFormDataItems form{{"file", bytes, name, "application/octet-stream"}};
    return read(client().Post("/api/media/upload", key(), form));
  }
  /// The address of a file that is there.
  [[nodiscard]] std::string uploaded(const std::string& name, const std::string& bytes = "some bytes") const {
    const Answer answer = upload(name, bytes);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body.value("url", "");
  }
  httplib::Result put(const std::string& url, const std::string& bytes, const std::string& mime,
                      const httplib::Headers& headers = {}) const {
    return client().Put(path_of(url), headers, bytes, mime);
  }
  [[nodiscard]] std::string path_of(const std::string& url) const {
    EXPECT_TRUE(url.starts_with(origin() + "/")) << url;
    return url.substr(origin().size());
  }
  [[nodiscard]] std::string fetched(const std::string& url) const {
    const auto result = client().Get(path_of(url));
    return result && result->status == 200 ? result->body
                                           : "(status " + std::to_string(result ? result->status : 0) + ")";
  }

  /// A connection on which nothing has been said yet.
  [[nodiscard]] FileDescriptor connected() const {
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(origin().substr(origin().rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return socket;
  }

  /// Replaces the fault script.
  void script(const Json& faults) const {
    const auto result = client().Post("/sandbox/faults", faults.dump(), "application/json");
    ASSERT_TRUE(result && result->status == 200) << (result ? result->body : "no answer");
  }
  /// One rule for one endpoint.
  static Json rule(const std::string& endpoint, const Json& fault) {
    return {{"rules", Json::array({{{"match", {{"endpoint", endpoint}}}, {"fault", fault}}})}};
  }
  [[nodiscard]] Json counts() const { return read(client().Get("/sandbox/counts")).body; }
  [[nodiscard]] Json faults() const { return read(client().Get("/sandbox/faults")).body; }

  static Json post_body(const std::vector<std::string>& urls, const std::string& text = "hello") {
    return {{"post", text}, {"platforms", {"tiktok"}}, {"mediaUrls", urls}};
  }
  /// A post that was taken; its id.
  std::string submitted(const Json& body) const {
    const Answer answer = post("/post", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body.value("id", "");
  }

  [[nodiscard]] std::string file_text(const std::string& name) const {
    std::ifstream file(data_dir_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::vector<Json> requests() const {
    std::vector<Json> lines;
    std::ifstream file(data_dir_ / "requests.jsonl");
    for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
    return lines;
  }

  test::FakeClock clock_;
  test::TempFolder folder_;
  const std::filesystem::path data_dir_ = folder_.path() / "data";
  SandboxConfig config_;
  std::unique_ptr<Sandbox> sandbox_;
};

}  // namespace tokprep
