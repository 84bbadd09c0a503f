#include "upload/observed_client.h"

#include <fmt/format.h>

#include <chrono>

#include "base/span.h"
#include "upload/url.h"

namespace tokprep {
namespace {

constexpr std::size_t kLongestReadAnswer = 64 << 10;

/// ", id 69UmZ1gTfcVXMOREFQG3" where a short answer names one.
std::string id_of(const HttpResponse& response) {
  if (response.body.size() > kLongestReadAnswer) return "";
  const Json body = Json::parse(response.body, nullptr, false);
  if (!body.is_object()) return "";
  const auto id = body.find("id");
  return id != body.end() && id->is_string() ? fmt::format(", id {}", id->get<std::string>()) : "";
}

}  // namespace

std::string ObservedClient::call_name(const HttpRequest& request) const {
  const std::string url = shown_url(request.url);
  const std::string base = shown_url(base_url_);
  if (url.starts_with(base + "/")) return request.method + " " + url.substr(base.size());
  return request.method + " " + host_of(request.url);
}

Result<HttpResponse> ObservedClient::send(const HttpRequest& request, const RunContext& run) {
  if (run.observer == nullptr) return inner_.send(request, run);
  const std::string name = call_name(request);
  const Span span(run, "request", [&] { return Json{{"call", name}}; });
  const auto began = std::chrono::steady_clock::now();
  auto response = inner_.send(request, run);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  if (!response) {
    run.note(LogLevel::kWarn,
             [&] { return fmt::format("{}: {} after {} ms", name, to_string(response.error().code), took.count()); });
    return response;
  }
  const LogLevel level = response->status < 400 ? LogLevel::kInfo : LogLevel::kWarn;
  run.note(level, [&] {
    return fmt::format("{}: HTTP {} in {} ms{}", name, response->status, took.count(), id_of(*response));
  });
  return response;
}

}  // namespace tokprep
