#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"
#include "upload/url.h"

namespace tokprep {
namespace {

constexpr int kHistoryIsEmpty = 221;

bool says_empty(const Json& body) {
  const auto errors = service_errors(body);
  return !errors.empty() && errors.front().code == kHistoryIsEmpty;
}

/// "There is nothing" comes as HTTP 400.
bool is_empty_history(int status, const Json& body) { return status < 500 && says_empty(body); }

bool concerns_tiktok(const Json& post) {
  if (!post.is_object()) return false;
  const auto platforms = post.find("platforms");
  if (platforms == post.end() || !platforms->is_array() || platforms->empty()) return true;
  return std::ranges::any_of(
      *platforms, [](const Json& name) { return name.is_string() && to_lower(name.get<std::string>()) == "tiktok"; });
}

/// A record of a failed post has status "error" like a refusal; what tells them apart is the id.
bool is_post(int status, const Json& body) { return status == 200 && !text_member(body, "id").empty(); }

}  // namespace

Result<std::vector<PostRecord>> AyrshareClient::history(const HistoryQuery& query, const RunContext& run) {
  const std::string path = fmt::format("/history?limit={}&lastDays={}", query.limit, query.last_days);
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", path), run, is_empty_history));
  std::vector<PostRecord> records;
  if (says_empty(reply)) return records;
  const auto list = reply.is_object() ? reply.find("history") : reply.end();
  if (list == reply.end() || !list->is_array()) return fail(unreadable_answer("GET /history", "history"));
  for (const Json& post : *list) {
    if (concerns_tiktok(post)) records.push_back(without_keys(parse_post(post)));
  }
  std::ranges::stable_sort(records, std::ranges::greater{}, &PostRecord::created);
  return records;
}

Result<PostRecord> AyrshareClient::history_entry(const std::string& id, const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", "/history/" + percent_encoded(id)), run, is_post));
  PostRecord record = parse_post(reply);
  if (record.id.empty()) return fail(unreadable_answer("GET /history/:id", "id"));
  return without_keys(std::move(record));
}

}  // namespace tokprep
