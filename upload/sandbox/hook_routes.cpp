#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "upload/sandbox/courier.h"
#include "upload/sandbox/dates.h"
#include "upload/sandbox/ids.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

constexpr std::int64_t kRotationMs = 86'400'000;  // how long two secrets are good at once

/// Those of the older and the newer list. Only `scheduled` is ever told here.
constexpr std::array<std::string_view, 10> kActions{
    "feed",     "social",   "scheduled",   "batch",           "messages",
    "mentions", "comments", "automations", "accountActivity", "suspended"};

std::optional<Refusal> check_action(const Json& body) {
  if (std::ranges::find(kActions, body["action"].get<std::string>()) != kActions.end()) return std::nullopt;
  return refuse_field("action", fmt::format("must be one of: {}", fmt::join(kActions, ", ")));
}

std::optional<Refusal> check_hook(const Json& body) {
  if (auto refusal = check_action(body)) return refusal;
  const std::string url = body["url"];
  if (url.starts_with("https://")) {  // the service wants it so; the sandbox reaches nothing but this machine
    Refusal refusal = refuse_field("url", "is https, and the sandbox delivers to http on 127.0.0.1 or localhost alone");
    refusal.lawful = true;
    return refusal;
  }
  if (!parse_hook_url(url)) return refuse_field("url", "must be http on 127.0.0.1 or localhost");
  if (body.value("secret", "x").empty()) return refuse_field("secret", "is empty");
  return std::nullopt;
}

/// The secret that signs from now on; the one before it is good for another day.
void set_secret(Book& book, const std::string& profile, const std::string& secret, std::int64_t now_ms) {
  std::vector<HookSecret>& secrets = book.hook_secrets[profile];
  if (!secrets.empty() && secrets.front().secret == secret) return;
  std::erase_if(secrets, [&](const HookSecret& old) { return old.until_ms != 0; });
  if (!secrets.empty()) secrets.front().until_ms = now_ms + kRotationMs;
  secrets.insert(secrets.begin(), HookSecret{.secret = secret, .until_ms = 0});
}

void register_hook(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  if (const auto refusal = check_hook(*body)) return exchange.refuse(*refusal, "webhook");
  const std::string action = (*body)["action"];
  const Hook hook{.url = (*body)["url"], .ref_id = random_hex(40), .updated_ms = site.now_ms()};
  const Status done = site.store->change([&](Book& book) -> Status {
    book.hooks[exchange.profile][action] = hook;
    if (body->contains("secret")) set_secret(book, exchange.profile, (*body)["secret"], site.now_ms());
    return {};
  });
  if (!done) return exchange.refuse(500, 500, describe(done.error()), "webhook");
  exchange.reply(200, {{"status", "success"}, {"action", action}, {"url", hook.url}, {"refId", hook.ref_id}});
}

void list_hooks(Exchange& exchange, Site& site) {
  const auto hooks = site.store->read([&](const Book& book) {
    const auto found = book.hooks.find(exchange.profile);
    return found == book.hooks.end() ? std::map<std::string, Hook>() : found->second;
  });
  Json reply{{"status", "success"}};
  std::int64_t updated_ms = 0;
  for (const auto& [action, hook] : hooks) {
    reply[action] = hook.url;
    updated_ms = std::max(updated_ms, hook.updated_ms);
  }
  if (!hooks.empty()) reply["updated"] = to_iso8601_ms(updated_ms);
  exchange.reply(200, reply);
}

void remove_hook(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  if (const auto refusal = check_action(*body)) return exchange.refuse(*refusal, "webhook");
  const std::string action = (*body)["action"];
  const auto done =
      site.store->change([&](Book& book) -> Result<bool> { return book.hooks[exchange.profile].erase(action) == 1; });
  if (!done) return exchange.refuse(500, 500, describe(done.error()), "webhook");
  if (!*done) return exchange.refuse(404, 404, "There is no webhook for " + action + ".", "webhook");
  exchange.reply(200, {{"status", "success"}, {"action", action}});
}

void rotate_secret(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  const std::string secret = (*body)["secret"];
  if (secret.empty()) return exchange.refuse(refuse_field("secret", "is empty"), "webhook");
  const Status done = site.store->change([&](Book& book) -> Status {
    set_secret(book, exchange.profile, secret, site.now_ms());
    return {};
  });
  if (!done) return exchange.refuse(500, 500, describe(done.error()), "webhook");
  exchange.reply(200, {{"status", "success"}, {"action", "webhook"}, {"refId", random_hex(40)}});
}

/// The form of this reply is not documented.
void show_deliveries(Exchange& exchange, Site& site) {
  const auto records = site.store->read([](const Book& book) { return book.deliveries; });
  Json history = Json::array();
  for (const DeliveryRecord& record : records) {
    if (record.profile != exchange.profile) continue;
    history.push_back({{"deliveryId", record.id},
                       {"hookId", record.hook_id},
                       {"action", record.action},
                       {"url", record.url},
                       {"attempt", record.attempt},
                       {"code", record.status},
                       {"created", to_iso8601_ms(record.sent_ms)},
                       {"willRetry", record.will_repeat}});
  }
  exchange.reply(200, {{"status", "success"}, {"history", history}, {"count", history.size()}});
}

}  // namespace

void add_hook_routes(Router& router, Site& site) {
  router.api("POST", "/hook/webhook", [&site](Exchange& exchange) { register_hook(exchange, site); });
  router.api("GET", "/hook/webhook", [&site](Exchange& exchange) { list_hooks(exchange, site); });
  router.api("DELETE", "/hook/webhook", [&site](Exchange& exchange) { remove_hook(exchange, site); });
  router.api("POST", "/hook/webhook/secret", [&site](Exchange& exchange) { rotate_secret(exchange, site); });
  router.api("GET", "/hook/history", [&site](Exchange& exchange) { show_deliveries(exchange, site); });
}

}  // namespace tokprep::sandbox
