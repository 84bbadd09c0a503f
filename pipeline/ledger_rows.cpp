#include "pipeline/ledger_rows.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/json.h"

namespace tokprep {
namespace {

Result<std::vector<std::string>> read_list(const std::string& text, const std::filesystem::path& file) {
  const std::string where = "the ledger " + file.string();
  TOKPREP_ASSIGN(const Json list, parse_json(text, where));
  return parse_as<std::vector<std::string>>(list, where);
}

}  // namespace

std::int64_t seconds_of(Clock::TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Clock::TimePoint time_of(std::int64_t seconds) {
  constexpr auto kMost = std::chrono::floor<std::chrono::seconds>(Clock::TimePoint::max()).time_since_epoch();
  return Clock::TimePoint(std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kMost.count())));
}

std::string media_key(std::vector<std::string> media_urls) {
  std::ranges::sort(media_urls);
  return sha256_of(to_line(Json(media_urls)));
}

Result<LedgerPost> read_post(const sqlite::Statement& row, const std::filesystem::path& file) {
  LedgerPost post;
  post.item = row.text(0);
  post.content_key = row.text(1);
  post.idempotency_key = row.text(2);
  post.state = enum_from<LedgerState>(row.text(3)).value_or(LedgerState::kUnknown);
  post.post_id = row.text(4);
  post.post_status = row.text(5);
  post.url = row.text(6);
  post.caption = row.text(7);
  TOKPREP_ASSIGN(post.media_urls, read_list(row.text(8), file));
  post.created = row.text(9);
  post.schedule_date = row.text(10);
  post.error = row.text(11);
  post.attempt = static_cast<int>(row.integer(12));
  post.stays_pending = row.integer(13) != 0;
  post.goes_out = to_iso8601(time_of(row.integer(14)));
  TOKPREP_ASSIGN(post.source_digests, read_list(row.text(15), file));
  return post;
}

Result<std::vector<LedgerPost>> read_posts(sqlite::Statement& rows, const std::filesystem::path& file) {
  std::vector<LedgerPost> posts;
  while (true) {
    TOKPREP_ASSIGN(const bool more, rows.step());
    if (!more) return posts;
    TOKPREP_ASSIGN(posts.emplace_back(), read_post(rows, file));
  }
}

Result<std::optional<LedgerPost>> read_one_post(sqlite::Statement& rows, const std::filesystem::path& file) {
  TOKPREP_ASSIGN(auto posts, read_posts(rows, file));
  if (posts.empty()) return std::nullopt;
  return std::move(posts.front());
}

}  // namespace tokprep
