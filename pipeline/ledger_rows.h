#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "pipeline/ledger_types.h"
#include "pipeline/sqlite.h"

/// Rows of the ledger's tables as values.
namespace tokprep {

/// The columns of a post, in the order in which `read_post` takes them.
inline constexpr std::string_view kPostColumns =
    "item, content_key, idempotency_key, state, post_id, post_status, url, caption, media_urls, created, "
    "schedule_date, error, attempt, stays_pending, goes_out_s, source_digests";

/// How many these are: what a query asks for besides them comes behind.
inline constexpr int kPostColumnCount = 16;

/// The states of posts that are out, or may come to be.
inline constexpr std::string_view kCountingStates = "('intent', 'unknown', 'accepted', 'published')";

std::int64_t seconds_of(Clock::TimePoint time);
Clock::TimePoint time_of(std::int64_t seconds);

/// One digest over a set of URLs.
std::string media_key(std::vector<std::string> media_urls);

/// Errors: those of `parse_json` for media URLs and digests that are no list.
Result<LedgerPost> read_post(const sqlite::Statement& row, const std::filesystem::path& file);
Result<std::vector<LedgerPost>> read_posts(sqlite::Statement& rows, const std::filesystem::path& file);
Result<std::optional<LedgerPost>> read_one_post(sqlite::Statement& rows, const std::filesystem::path& file);

}  // namespace tokprep
