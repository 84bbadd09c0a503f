#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "upload/http_client.h"

namespace tokprep::test {

/// A service without a network: takes uploads and posts, and shows its posts. Counts what it is asked. Thread-safe.
class FakeService final : public HttpClient {
 public:
  /// Decides about one POST /post; `accept` files it and gives the reply.
  using PostAnswer = std::function<Result<HttpResponse>(const Json& body, const std::function<HttpResponse()>& accept)>;

  /// Decides about one DELETE /post; `take` deletes the post and gives the reply.
  using DeleteAnswer = std::function<Result<HttpResponse>(const std::function<HttpResponse()>& take)>;

  Result<HttpResponse> send(const HttpRequest& request, const RunContext& run) override {
    const std::scoped_lock lock(mutex_);
    const std::string call = request.method + " " + path_of(request.url);
    calls.push_back(call);
    stop_was_asked = stop_was_asked || run.stop.stop_requested();
    if (call == "POST /media/upload") return upload(std::get<MultipartBody>(request.body));
    if (call == "POST /media/urlExists") return look_at(Json::parse(std::get<std::string>(request.body)));
    if (call == "POST /post") return post(Json::parse(std::get<std::string>(request.body)));
    if (call == "GET /history") return history();
    if (call == "POST /validate/post") {
      validated.push_back(Json::parse(std::get<std::string>(request.body)));
      return verdict;
    }
    if (call == "DELETE /post") return remove(Json::parse(std::get<std::string>(request.body)));
    for (const Json& known : posts) {
      if (call == "GET /post/" + known.value("id", "")) return ok(known);
    }
    return HttpResponse{404, {}, R"({"status":"error","code":114,"message":"not found"})"};
  }

  [[nodiscard]] std::size_t count(std::string_view call) const {
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
  }

  static HttpResponse ok(const Json& body) { return {200, {}, body.dump()}; }

  /// A record as the history shows it.
  static Json record(const std::string& id, const Json& body, const std::string& created) {
    return {{"id", id},
            {"status", "success"},
            {"created", created},
            {"post", body.value("post", "")},
            {"platforms", Json::array({"tiktok"})},
            {"mediaUrls", body.value("mediaUrls", Json::array())},
            {"postIds", Json::array({{{"platform", "tiktok"}, {"status", "success"}, {"id", "pending"}}})}};
  }

  PostAnswer answer = [](const Json&, const std::function<HttpResponse()>& accept) { return accept(); };
  DeleteAnswer delete_answer = [](const std::function<HttpResponse()>& take) { return take(); };
  HttpResponse verdict = ok({{"status", "success"}});  ///< to POST /validate/post
  std::string now = "2026-11-22T00:00:00Z";
  std::vector<std::string> calls;
  std::vector<std::string> uploaded_names;
  std::vector<std::string> gone_urls;  ///< files that were removed since
  std::vector<Json> posts;             ///< records of the accepted ones
  std::vector<Json> submitted;         ///< every body of POST /post
  std::vector<Json> validated;         ///< every body of POST /validate/post
  bool stop_was_asked = false;

 private:
  static std::string path_of(const std::string& url) {
    const std::size_t begin = url.find("/api") + 4;
    return url.substr(begin, url.find('?') - begin);
  }

  [[nodiscard]] HttpResponse look_at(const Json& body) const {
    const bool is_gone = std::ranges::find(gone_urls, body.value("mediaUrl", "")) != gone_urls.end();
    if (is_gone) return ok({{"status", "error"}, {"statusCode", 404}, {"statusText", "Not Found"}});
    return ok({{"status", "success"}, {"statusCode", 200}});
  }

  HttpResponse upload(const MultipartBody& body) {
    uploaded_names.push_back(body.file_name);
    const std::string number = std::to_string(uploaded_names.size());
    return ok({{"url", "https://media.test/" + number + "/" + body.file_name}});
  }

  Result<HttpResponse> post(const Json& body) {
    submitted.push_back(body);
    return answer(body, [&] {
      posts.push_back(record("post-" + std::to_string(posts.size() + 1), body, now));
      return ok(posts.back());
    });
  }

  Result<HttpResponse> remove(const Json& body) {
    return delete_answer([&] {
      for (Json& known : posts) {
        if (known.value("id", "") == body.value("id", "")) known["status"] = "deleted";
      }
      return ok({{"status", "success"}, {"id", body.value("id", "")}});
    });
  }

  HttpResponse history() const {
    if (!posts.empty()) return ok({{"history", posts}, {"count", posts.size()}});
    return {400, {}, R"({"history":{"action":"get","status":"error","code":221,"message":"empty"},"count":0})"};
  }

  std::mutex mutex_;
};

}  // namespace tokprep::test
