#include "upload/sandbox/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "upload/sandbox/dates.h"
#include "upload/sandbox/fault_gate.h"
#include "upload/sandbox/lifecycle.h"

namespace tokprep::sandbox {
namespace {

/// The path as the log may have it: who knows an upload token may use it.
std::string path_for_log(const std::string& path) {
  constexpr std::string_view kUploads = "/upload/";
  return path.starts_with(kUploads) ? std::string(kUploads) + "***" : path;
}

/// Its form is not documented; what no header could hold, or what is the wrong key altogether, is a slip.
std::optional<Refusal> check_profile_key(const Exchange& exchange, const Site& site) {
  const std::size_t sent = exchange.request().get_header_value_count("Profile-Key");
  const std::string key = exchange.header("Profile-Key");
  const bool is_printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (sent > 1) return refuse_field("Profile-Key", "was sent more than once");
  if (sent == 1 && key.empty()) return refuse_field("Profile-Key", "is empty; leave it out for the primary profile");
  if (!is_printable) return refuse_field("Profile-Key", "must be printable ASCII without spaces");
  if (key == site.gate.api_key()) return refuse_field("Profile-Key", "is the API key; it belongs into Authorization");
  return std::nullopt;
}

}  // namespace

void Router::api(std::string_view method, std::string_view path, Handler handler) {
  routes_.push_back({&contract_of(method, path, true), "/api" + std::string(path), std::move(handler)});
}

void Router::open(std::string_view method, std::string_view path, Handler handler) {
  routes_.push_back({&contract_of(method, path, false), std::string(path), std::move(handler)});
}

void Router::serve(const httplib::Request& request, httplib::Response& response,
                   const httplib::ContentReader* content) const {
  Exchange exchange(request, response, content);
  response.set_header("Date", to_http_date(site_.now_ms()));
  const Route* route = find(exchange);
  FaultGate gate(site_, exchange);
  try {
    if (gate.before()) answer(exchange, route);
    exchange.discard_body();
    gate.after();
  } catch (const std::exception& error) {
    exchange.refuse(500, 500, error.what());
  }
  const LoggedRequest logged{.time_ms = site_.now_ms(),
                             .method = request.method,
                             .path = path_for_log(request.path),
                             .status = std::max(response.status, 0),  // none where the connection was cut
                             .body_bytes = exchange.body_bytes(),
                             .faults = gate.names(),
                             .violations = exchange.violations()};
  site_.log.add(logged);
  site_.tally.add(logged);
}

void Router::answer(Exchange& exchange, const Route* route) const {
  if (route == nullptr) return refuse_path(exchange);
  if (exchange.contract->is_api && (!admit(exchange) || !keeps_contract(exchange))) return;
  if (const Status moved_on = advance(site_); !moved_on) return exchange.refuse(500, 500, describe(moved_on.error()));
  route->handler(exchange);
}

const Router::Route* Router::find(Exchange& exchange) const {
  const httplib::Request& request = exchange.request();
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  for (const Route& route : routes_) {
    const auto tail = match_path(route.path, request.path);
    if (!tail || route.contract->method != method) continue;
    exchange.tail = *tail;
    exchange.contract = route.contract;
    return &route;
  }
  return nullptr;
}

void Router::refuse_path(Exchange& exchange) const {
  const httplib::Request& request = exchange.request();
  std::string allowed;
  for (const Route& route : routes_) {
    if (match_path(route.path, request.path)) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.contract->method);
    }
  }
  const bool is_there = !allowed.empty();
  const std::string why = is_there ? request.path + " does not answer " + request.method + "."
                                   : "There is no endpoint " + request.path + ".";
  if (is_there) exchange.response().set_header("Allow", allowed);
  if (request.path.starts_with("/api")) exchange.note_violation(why);
  exchange.refuse(is_there ? 405 : 404, is_there ? 405 : 404, why);
}

bool Router::admit(Exchange& exchange) const {
  if (!site_.gate.knows(exchange.header("Authorization"))) {
    exchange.refuse(403, 403, "API Key not valid.", "authorization");
    return false;
  }
  const std::string profile_key = exchange.header("Profile-Key");
  if (!profile_key.empty()) exchange.profile = sha256_of(profile_key).substr(0, 12);
  const Gate::Count count = site_.gate.count_call(exchange.profile, site_.now_ms());
  exchange.response().set_header("x-ratelimit-max", std::to_string(site_.gate.calls_per_window()));
  exchange.response().set_header("x-ratelimit-count", std::to_string(count.calls));
  if (count.suspended) {
    exchange.refuse(403, 403, "The profile is suspended: too many calls were made while none were allowed.");
  } else if (count.too_many) {
    exchange.refuse(429, 429, fmt::format("Too many calls: {} a window are allowed.", site_.gate.calls_per_window()));
  }
  return !count.suspended && !count.too_many;
}

bool Router::keeps_contract(Exchange& exchange) const {
  const httplib::Request& request = exchange.request();
  std::optional<Refusal> refusal = check_profile_key(exchange, site_);
  for (const auto& [name, value] : request.params) {
    if (!refusal) refusal = check_query(*exchange.contract, name);
  }
  if (refusal) exchange.refuse(*refusal, "request");
  return !refusal;
}

}  // namespace tokprep::sandbox
