#include "upload/sandbox/router.h"

#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "upload/sandbox/lifecycle.h"

namespace tokprep::sandbox {
namespace {

/// What stands for the `*`, empty for a path without one; nothing where the path is another.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with("/*")) return pattern == path ? std::optional<std::string>("") : std::nullopt;
  pattern.remove_suffix(1);
  if (path.size() <= pattern.size() || !path.starts_with(pattern)) return std::nullopt;
  return std::string(path.substr(pattern.size()));
}

/// The path as the log may have it: who knows an upload token may use it.
std::string path_for_log(const std::string& path) {
  constexpr std::string_view kUploads = "/upload/";
  return path.starts_with(kUploads) ? std::string(kUploads) + "***" : path;
}

}  // namespace

void Router::api(std::string method, std::string path, Handler handler) {
  routes_.push_back({std::move(method), "/api" + std::move(path), true, std::move(handler)});
}

void Router::open(std::string method, std::string path, Handler handler) {
  routes_.push_back({std::move(method), std::move(path), false, std::move(handler)});
}

void Router::serve(const httplib::Request& request, httplib::Response& response,
                   const httplib::ContentReader* content) const {
  Exchange exchange(request, response, content);
  try {
    answer(exchange);
  } catch (const std::exception& error) {
    exchange.refuse(500, 500, error.what());
  }
  exchange.discard_body();
  site_.log.add({site_.now_ms(), request.method, path_for_log(request.path), response.status, exchange.body_bytes()});
}

void Router::answer(Exchange& exchange) const {
  const Route* route = find(exchange);
  if (route == nullptr || (route->needs_key && !admit(exchange))) return;
  if (const Status moved_on = advance(site_); !moved_on) return exchange.refuse(500, 500, describe(moved_on.error()));
  route->handler(exchange);
}

const Router::Route* Router::find(Exchange& exchange) const {
  const std::string& path = exchange.request().path;
  const std::string& asked = exchange.request().method;
  const std::string method = asked == "HEAD" ? "GET" : asked;
  std::string allowed;
  for (const Route& route : routes_) {
    const auto tail = match(route.path, path);
    if (!tail) continue;
    if (route.method == method) {
      exchange.tail = *tail;
      return &route;
    }
    allowed += (allowed.empty() ? "" : ", ") + route.method;
  }
  if (allowed.empty()) {
    exchange.refuse(404, 404, "There is no endpoint " + path + ".");
  } else {
    exchange.response().set_header("Allow", allowed);
    exchange.refuse(405, 405, path + " does not answer " + asked + ".");
  }
  return nullptr;
}

bool Router::admit(Exchange& exchange) const {
  if (!site_.gate.knows(exchange.header("Authorization"))) {
    exchange.refuse(403, 403, "API Key not valid.", "authorization");
    return false;
  }
  const std::string profile_key = exchange.header("Profile-Key");
  if (!profile_key.empty()) exchange.profile = sha256_of(profile_key).substr(0, 12);
  const int calls = site_.gate.count_call(exchange.profile, site_.now_ms());
  exchange.response().set_header("x-ratelimit-max", std::to_string(Gate::kCallsPerWindow));
  exchange.response().set_header("x-ratelimit-count", std::to_string(calls));
  if (calls <= Gate::kCallsPerWindow) return true;
  exchange.refuse(429, 429, "Too many calls: 300 in five minutes are allowed.");
  return false;
}

}  // namespace tokprep::sandbox
