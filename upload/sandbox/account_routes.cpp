#include <algorithm>

#include "upload/sandbox/dates.h"
#include "upload/sandbox/routes.h"
#include "upload/sandbox/tiktok.h"

namespace tokprep::sandbox {
namespace {

constexpr std::int64_t kMonthMs = std::int64_t{30} * 86'400'000;

/// What GET /user needs of the book.
struct Account {
  std::string id;
  std::int64_t linked_ms = 0;
  int consent_days = 0;
  std::int64_t posts_of_month = 0;
  int posts_of_day = 0;
};

Account look(const Book& book, const Exchange& exchange, const Site& site, std::int64_t now_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const auto count = [&](auto wanted) {
    return std::ranges::count_if(book.posts,
                                 [&](const Post& post) { return post.profile == exchange.profile && wanted(post); });
  };
  return {.id = book.account,
          .linked_ms = book.linked_ms,
          .consent_days = consent_days_left(book, site, now_ms),
          .posts_of_month = count([&](const Post& post) {
            return post.state != PostState::kRefused && post.created_ms > now_ms - kMonthMs;
          }),
          .posts_of_day = static_cast<int>(count([&](const Post& post) { return post.sent_ms > now_ms - kDayMs; }))};
}

Json object_date(std::int64_t ms) {
  return {{"_seconds", ms / 1000}, {"_nanoseconds", ms % 1000 * 1'000'000}, {"utc", to_iso8601_ms(ms)}};
}

Json tiktok_entry(const Account& account, const Site& site) {
  const std::int64_t end_ms = account.linked_ms + std::chrono::milliseconds(site.config.tiktok_consent).count();
  return {{"platform", "tiktok"},
          {"id", account.id},
          {"displayName", "Sandbox"},
          {"username", "sandbox"},
          {"profileUrl", "https://www.tiktok.com/@sandbox"},
          {"userImage", ""},
          {"created", to_iso8601_ms(account.linked_ms)},
          {"refreshDaysRemaining", account.consent_days},
          {"refreshRequired", to_iso8601_ms(end_ms)},
          {"usedQuota", account.posts_of_day}};
}

void get_user(Exchange& exchange, Site& site) {
  const std::int64_t now_ms = site.now_ms();
  const Account account = site.store->read([&](const Book& book) { return look(book, exchange, site, now_ms); });
  Json reply{{"displayNames", Json::array({tiktok_entry(account, site)})},
             {"activeSocialAccounts", {"tiktok"}},
             {"email", "sandbox@localhost"},
             {"title", exchange.profile.empty() ? "Primary Profile" : "Sandbox"},
             {"refId", account.id},
             {"created", object_date(account.linked_ms)},
             {"ayrlinkUrl", ""},
             {"suspended", false},
             {"monthlyApiCalls", site.tally.api_calls()},
             {"monthlyPostCount", account.posts_of_month},
             {"monthlyPostQuota", site.config.monthly_post_quota},
             {"monthlyApiCallsQuota", site.config.monthly_call_quota},
             {"lastApiCall", to_iso8601_ms(now_ms)},
             {"messagingEnabled", false},
             {"messagingConversationMonthlyCount", 0},
             {"lastUpdated", to_iso8601_ms(now_ms)},
             {"nextUpdate", to_iso8601_ms(now_ms)}};
  exchange.reply(200, reply);
}

}  // namespace

void add_account_routes(Router& router, Site& site) {
  router.api("GET", "/user", [&site](Exchange& exchange) { get_user(exchange, site); });
}

}  // namespace tokprep::sandbox
