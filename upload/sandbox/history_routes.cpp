#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

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

struct HistoryFilter {
  int limit = 25;
  int last_days = 30;                          ///< 0: all
  std::optional<std::int64_t> from_ms, to_ms;  ///< inclusive; both together outweigh last_days
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
    if (!name.starts_with("platform")) continue;
    any = true;
    if (("," + value + ",").find(",tiktok,") != std::string::npos) return true;
  }
  return !any;
}

constexpr std::array<std::string_view, 7> kStatuses{"awaiting approval", "deleted",    "error",  "paused",
                                                    "pending",           "processing", "success"};
constexpr std::array<std::string_view, 3> kTypes{"immediate", "now", "scheduled"};  // replies say "now"

/// Reads one parameter after the other, and keeps the first refusal.
class FilterReader {
 public:
  explicit FilterReader(const httplib::Request& request) : request_(request) {}

  void number(const char* name, int most, int& into) {
    if (!request_.has_param(name)) return;
    const auto given = whole_number(request_.get_param_value(name), most);
    if (given) into = *given;
    else refuse(name, fmt::format("must be a whole number, at most {}.", most));
  }

  void date(const char* name, std::optional<std::int64_t>& into) {
    if (!request_.has_param(name)) return;
    into = parse_iso8601(request_.get_param_value(name));
    if (!into) refuse(name, "must be a UTC time such as 2026-07-08T12:30:00Z.");
  }

  void word(const char* name, std::span<const std::string_view> known, std::string& into) {
    if (!request_.has_param(name)) return;
    into = request_.get_param_value(name);
    if (std::ranges::find(known, into) == known.end()) {
      refuse(name, fmt::format("must be one of: {}.", fmt::join(known, ", ")));
    }
  }

  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }

 private:
  void refuse(const char* name, const std::string& why) {
    if (!refusal_) refusal_ = refuse_field(name, why);
  }

  const httplib::Request& request_;
  std::optional<Refusal> refusal_;
};

/// Refusal sent: nothing.
std::optional<HistoryFilter> read_filter(Exchange& exchange) {
  HistoryFilter filter;
  FilterReader reader(exchange.request());
  reader.number("limit", 1000, filter.limit);
  reader.number("lastRecords", 1000, filter.limit);  // the older name
  reader.number("lastDays", 100'000, filter.last_days);
  reader.date("startDate", filter.from_ms);
  reader.date("endDate", filter.to_ms);
  reader.word("status", kStatuses, filter.status);
  reader.word("type", kTypes, filter.type);
  if (reader.refusal()) {
    exchange.refuse(*reader.refusal(), "get");
    return std::nullopt;
  }
  filter.tiktok = wants_tiktok(exchange.request().params) && !exchange.request().has_param("autoRepostId");
  if (filter.from_ms && filter.to_ms) filter.last_days = 0;
  return filter;
}

bool passes(const Post& post, const HistoryFilter& filter, std::int64_t now_ms) {
  if (filter.last_days > 0 && post.created_ms < now_ms - filter.last_days * kDayMs) return false;
  if (filter.from_ms && post.created_ms < *filter.from_ms) return false;
  if (filter.to_ms && post.created_ms > *filter.to_ms) return false;
  if (!filter.type.empty() && (filter.type == "scheduled") != (service_type(post) == "scheduled")) return false;
  if (filter.status.empty()) return post.state != PostState::kDeleted;  // those are shown on request only
  return service_status(post.state) == filter.status;
}

/// True for a post that the history does not show yet, because a fault says so.
bool lags(const Post& post, const Exchange& exchange, Site& site, std::int64_t now_ms) {
  if (now_ms - post.created_ms < exchange.lag.age_ms) return true;
  return exchange.lag.looks > 0 && site.lookouts.hides(post.id, exchange.lag.looks);
}

void get_history(Exchange& exchange, Site& site) {
  const auto filter = read_filter(exchange);
  if (!filter) return;
  const std::int64_t now_ms = site.now_ms();
  const Json entries = site.store->read([&](const Book& book) {
    Json found = Json::array();
    for (auto post = book.posts.rbegin(); post != book.posts.rend(); ++post) {
      if (std::ssize(found) == filter->limit || !filter->tiktok) break;
      if (post->profile != exchange.profile || !passes(*post, *filter, now_ms)) continue;
      if (!lags(*post, exchange, site, now_ms)) found.push_back(history_entry(*post));
    }
    return found;
  });
  if (entries.empty()) return reply_nothing_found(exchange);
  const std::string ref_id = site.store->read([](const Book& book) { return book.account; });
  exchange.reply(200, {{"history", entries},
                       {"count", entries.size()},
                       {"refId", ref_id},
                       {"lastUpdated", to_iso8601_ms(now_ms)},
                       {"nextUpdate", to_iso8601_ms(now_ms)}});
}

/// What stands on TikTok itself, published by whomever: here, by this server.
void get_native_history(Exchange& exchange, Site& site) {
  constexpr int kMost = 500;
  int limit = 10;
  FilterReader reader(exchange.request());
  reader.number("limit", kMost, limit);
  if (reader.refusal()) return exchange.refuse(*reader.refusal(), "get");
  const Json posts = site.store->read([&](const Book& book) {
    Json found = Json::array();
    for (auto post = book.posts.rbegin(); post != book.posts.rend() && std::ssize(found) < limit; ++post) {
      if (post->profile != exchange.profile || post->tiktok_id.empty()) continue;
      found.push_back({{"id", post->tiktok_id},
                       {"post", post->request.value("post", "")},
                       {"postUrl", tiktok_url(*post)},
                       {"created", to_iso8601_ms(post->sent_ms)}});
    }
    return found;
  });
  const std::string now = to_iso8601_ms(site.now_ms());
  exchange.reply(200, {{"status", "success"}, {"posts", posts}, {"lastUpdated", now}, {"nextUpdate", now}});
}

void get_history_of_one(Exchange& exchange, Site& site) {
  if (exchange.tail == "tiktok") return get_native_history(exchange, site);
  const auto post = find_post(site, exchange);
  if (post && !lags(*post, exchange, site, site.now_ms())) exchange.reply(200, history_detail(*post));
  else reply_nothing_found(exchange);
}

}  // namespace

void add_history_routes(Router& router, Site& site) {
  router.api("GET", "/post/*", [&site](Exchange& exchange) { get_post(exchange, site); });
  router.api("GET", "/history", [&site](Exchange& exchange) { get_history(exchange, site); });
  router.api("GET", "/history/*", [&site](Exchange& exchange) { get_history_of_one(exchange, site); });
}

}  // namespace tokprep::sandbox
