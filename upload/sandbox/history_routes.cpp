#include <algorithm>
#include <charconv>

#include "upload/sandbox/codes.h"
#include "upload/sandbox/dates.h"
#include "upload/sandbox/post_replies.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

std::optional<Post> find_post(const Site& site, const Exchange& exchange) {
  return site.store->read([&](const Book& book) -> std::optional<Post> {
    const Post* post = book.find_post(exchange.tail);
    return post == nullptr || post->profile != exchange.profile ? std::nullopt : std::optional(*post);
  });
}

void get_post(Exchange& exchange, Site& site) {
  const auto post = find_post(site, exchange);
  if (!post) return exchange.refuse(404, code::kNothingFound, "There is no such post.", "get");
  exchange.reply(200, post_reply(*post));
}

/// Nothing found is an error to the service, in a form of its own.
void reply_nothing_found(Exchange& exchange) {
  exchange.reply(
      400,
      {{"history",
        {{"action", "get"}, {"status", "error"}, {"code", code::kNothingFound}, {"message", "No history was found."}}},
       {"count", 0}});
}

void get_history_of_one(Exchange& exchange, Site& site) {
  const auto post = find_post(site, exchange);
  if (post) exchange.reply(200, history_detail(*post));
  else reply_nothing_found(exchange);
}

struct HistoryFilter {
  int limit = 25;
  int last_days = 30;  ///< 0: all
  std::string status, type;
  bool tiktok = true;  ///< false where only other networks are asked for
};

/// A whole number from 0 to `most`; nothing for anything else.
std::optional<int> whole_number(const std::string& text, int most) {
  int number = -1;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || number < 0 || number > most) return std::nullopt;
  return number;
}

/// platforms[0]=…, platforms=a,b: true if tiktok is among them or none are named.
bool wants_tiktok(const httplib::Params& params) {
  bool any = false;
  for (const auto& [name, value] : params) {
    if (!name.starts_with("platforms")) continue;
    any = true;
    if (("," + value + ",").find(",tiktok,") != std::string::npos) return true;
  }
  return !any;
}

/// Refusal sent: nothing.
std::optional<HistoryFilter> read_filter(Exchange& exchange) {
  const httplib::Request& request = exchange.request();
  HistoryFilter filter;
  const auto number = [&](const char* name, int most, int& into) {
    if (!request.has_param(name)) return true;
    const auto given = whole_number(request.get_param_value(name), most);
    if (given) into = *given;
    else
      exchange.refuse(400, code::kParameter,
                      std::string(name) + ": must be a whole number, at most " + std::to_string(most) + ".", "get");
    return given.has_value();
  };
  if (!number("limit", 1000, filter.limit) || !number("lastDays", 100'000, filter.last_days)) return std::nullopt;
  filter.status = request.get_param_value("status");
  filter.type = request.get_param_value("type");
  filter.tiktok = wants_tiktok(request.params);
  return filter;
}

bool passes(const Post& post, const HistoryFilter& filter, std::int64_t now_ms) {
  if (filter.last_days > 0 && post.created_ms < now_ms - filter.last_days * kDayMs) return false;
  if (!filter.type.empty() && (filter.type == "scheduled") != (service_type(post) == "scheduled")) return false;
  if (filter.status.empty()) return post.state != PostState::kDeleted;  // those are shown on request only
  return service_status(post.state) == filter.status;
}

void get_history(Exchange& exchange, Site& site) {
  const auto filter = read_filter(exchange);
  if (!filter) return;
  const std::int64_t now_ms = site.now_ms();
  const Json entries = site.store->read([&](const Book& book) {
    Json found = Json::array();
    for (auto post = book.posts.rbegin(); post != book.posts.rend(); ++post) {
      if (std::ssize(found) == filter->limit || !filter->tiktok) break;
      if (post->profile == exchange.profile && passes(*post, *filter, now_ms)) found.push_back(history_entry(*post));
    }
    return found;
  });
  if (entries.empty()) return reply_nothing_found(exchange);
  exchange.reply(200, {{"history", entries},
                       {"count", entries.size()},
                       {"lastUpdated", to_iso8601_ms(now_ms)},
                       {"nextUpdate", to_iso8601_ms(now_ms)}});
}

void get_user(Exchange& exchange, Site& site) {
  const auto [account, posts] = site.store->read([&](const Book& book) {
    return std::pair(book.account, std::ranges::count(book.posts, exchange.profile, &Post::profile));
  });
  const Json tiktok{{"platform", "tiktok"},
                    {"id", account},
                    {"displayName", "Sandbox"},
                    {"username", "sandbox"},
                    {"profileUrl", "https://www.tiktok.com/@sandbox"},
                    {"userImage", ""},
                    {"created", to_iso8601_ms(site.now_ms())}};
  exchange.reply(200, {{"activeSocialAccounts", {"tiktok"}},
                       {"displayNames", Json::array({tiktok})},
                       {"email", "sandbox@localhost"},
                       {"title", "Sandbox"},
                       {"refId", account},
                       {"monthlyPostCount", posts},
                       {"lastUpdated", to_iso8601_ms(site.now_ms())},
                       {"nextUpdate", to_iso8601_ms(site.now_ms())}});
}

}  // namespace

void add_history_routes(Router& router, Site& site) {
  router.api("GET", "/post/*", [&site](Exchange& exchange) { get_post(exchange, site); });
  router.api("GET", "/history", [&site](Exchange& exchange) { get_history(exchange, site); });
  router.api("GET", "/history/*", [&site](Exchange& exchange) { get_history_of_one(exchange, site); });
  router.api("GET", "/user", [&site](Exchange& exchange) { get_user(exchange, site); });
}

}  // namespace tokprep::sandbox
