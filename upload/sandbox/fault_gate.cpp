#include "upload/sandbox/fault_gate.h"

#include <algorithm>
#include <array>

#include "upload/sandbox/contract.h"
#include "upload/sandbox/dates.h"
#include "upload/sandbox/storage_words.h"
#include "upload/sandbox/wire.h"

namespace tokprep::sandbox {
namespace {

using K = FaultKind;

constexpr std::string_view kGatewayPage =
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    "<body><center><h1>Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>\n";

/// Dates the service itself writes; what a client sent comes back as it was.
constexpr std::array<std::string_view, 8> kOwnDates{"created",     "createDate", "lastUpdated", "nextUpdate",
                                                    "timeCreated", "expiresAt",  "lastApiCall", "updated"};

void shift(Json& value, std::int64_t ms) {
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  const auto time = parse_iso8601(text);
  if (!time) return;
  const bool has_ms = text.find('.') != std::string::npos;
  value = has_ms ? to_iso8601_ms(*time + ms) : to_iso8601(from_ms(*time + ms));
}

void shift_all(Json& json, std::int64_t ms) {
  for (auto& [name, value] : json.items()) {
    if (json.is_object() && std::ranges::find(kOwnDates, name) != kOwnDates.end()) shift(value, ms);
    if (value.is_structured()) shift_all(value, ms);
  }
}

}  // namespace

FaultGate::FaultGate(Site& site, Exchange& exchange) : site_(site), exchange_(exchange) {
  const httplib::Request& request = exchange.request();
  const std::string_view endpoint = endpoint_of(request.method, request.path);
  if (endpoint == "control") return;
  faults_ = site.faults.decide(
      {.method = request.method, .path = request.path, .endpoint = endpoint, .now_ms = site.now_ms()});
  const auto strike = std::ranges::find_if(faults_, [](const Fault& fault) { return !fault.is_condition(); });
  if (strike == faults_.end()) return;
  strike_ = *strike;
  has_strike_ = true;
}

std::vector<std::string> FaultGate::names() const {
  std::vector<std::string> names;
  for (const Fault& fault : faults_) names.emplace_back(name_of(fault.kind));
  return names;
}

void FaultGate::set_conditions() {
  for (const Fault& fault : faults_) {
    if (fault.kind == K::kUnguarded) exchange_.unguarded = true;
    if (fault.kind == K::kHistoryLag) exchange_.lag = {.age_ms = fault.ms, .looks = fault.calls};
  }
}

/// False where the silence ends in nothing.
bool FaultGate::stall_before() {
  Wire* wire = Wire::of_this_thread();
  const bool waited = wire->stop().sleep(std::chrono::milliseconds(strike_.ms));
  if (waited && !strike_.cut) return true;
  wire->cut(strike_.reset);
  return false;
}

bool FaultGate::before() {
  set_conditions();
  if (!has_strike_) return true;
  Wire* wire = Wire::of_this_thread();
  switch (strike_.kind) {
    case K::kCutBefore:
      wire->cut(strike_.reset);
      return false;
    case K::kStall:
      return strike_.commit || stall_before();
    case K::kCutBody:
      wire->stop_reading_after(strike_.bytes);
      return true;
    case K::kRateLimit:
    case K::kServerError:
    case K::kNotJson:
      return strike_.commit;
    case K::kExpiredUrl:
    case K::kTypeRefused:
    case K::kUrlMissing:
      return false;
    default:
      return true;
  }
}

void FaultGate::refuse_as_limited() {
  exchange_.response().set_header("x-ratelimit-max", std::to_string(site_.gate.calls_per_window()));
  exchange_.response().set_header("x-ratelimit-count", std::to_string(site_.gate.calls_per_window() + 1));
  if (strike_.retry_after >= 0) {
    const std::int64_t then_ms = site_.now_ms() + std::int64_t{strike_.retry_after} * 1000;
    exchange_.response().set_header("Retry-After",
                                    strike_.as_date ? to_http_date(then_ms) : std::to_string(strike_.retry_after));
  }
  exchange_.refuse(429, 429, "Too many requests.");
}

void FaultGate::refuse_as_broken() {
  if (!strike_.html) return exchange_.refuse(strike_.status, strike_.status, "Something went wrong on our side.");
  exchange_.response().status = strike_.status;
  exchange_.response().set_content(std::string(kGatewayPage), "text/html; charset=UTF-8");
}

/// What has run out once stays so.
void FaultGate::withdraw_ticket() {
  const auto withdraw = [&](Book& book) -> Status {
    book.tickets.erase(exchange_.tail);
    return {};
  };
  // On a disk that fails the address stays good, which is no worse than a fault that did not fire.
  [[maybe_unused]] const Status withdrawn = site_.store->change(withdraw);
}

/// The answers that have nothing to do with what was asked.
void FaultGate::answer_instead() {
  switch (strike_.kind) {
    case K::kRateLimit:
      return refuse_as_limited();
    case K::kServerError:
      return refuse_as_broken();
    case K::kNotJson:
      exchange_.response().status = 200;
      return exchange_.response().set_content("OK, but this is no JSON.", "application/json; charset=utf-8");
    case K::kExpiredUrl:
      withdraw_ticket();
      return refuse_as_storage(exchange_, 403, "ExpiredToken", "The address has expired.");
    case K::kTypeRefused:
      return refuse_as_storage(exchange_, 403, "SignatureDoesNotMatch", "Content-Type is not the signed one.");
    case K::kUrlMissing:
      return exchange_.reply(200, {{"status", "error"}, {"statusCode", 404}, {"statusText", "Not Found"}});
    default:
      return;
  }
}

void FaultGate::shift_dates(std::int64_t seconds) {
  httplib::Response& response = exchange_.response();
  response.headers.erase("Date");
  response.set_header("Date", to_http_date(site_.now_ms() + seconds * 1000));
  Json body = Json::parse(response.body, nullptr, false);
  if (body.is_discarded() || !body.is_structured()) return;
  shift_all(body, seconds * 1000);
  response.body = to_line(body);
}

/// What happens to the answer on its way.
void FaultGate::end_badly() {
  Wire* wire = Wire::of_this_thread();
  switch (strike_.kind) {
    case K::kCutAfter:
      return wire->let_travel({.lost = true, .reset = strike_.reset});
    case K::kStall:
      if (!strike_.commit) return;
      return wire->let_travel(
          {.hold = std::chrono::milliseconds(strike_.ms), .lost = strike_.cut, .reset = strike_.reset});
    case K::kDrip:
      return wire->let_travel(
          {.piece_bytes = strike_.bytes, .piece_every = std::chrono::milliseconds(strike_.every_ms)});
    case K::kTruncate:
      return wire->let_travel({.body_limit_bytes = strike_.bytes});
    default:
      return;
  }
}

void FaultGate::after() {
  for (const Fault& fault : faults_) {
    if (fault.kind == K::kClockSkew) shift_dates(fault.seconds);
  }
  if (!has_strike_) return;
  answer_instead();
  end_badly();
}

}  // namespace tokprep::sandbox
