#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/content_key.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

/// A hosted file must live for so long beyond the moment it is posted at: the service fetches it only then.
inline constexpr std::chrono::hours kFetchMargin{1};

/// Where the service keeps the files of a post.
struct HostedMedia {
  std::vector<std::string> media_urls;   ///< in order
  std::optional<std::string> cover_url;  ///< of a cover that was to be uploaded
};

/// Uploads what the service does not hold (it is asked for each file of an earlier run), or not long enough for the
/// post: every URL outlives `schedule_date` (UTC; empty: now). Some files at a time; each upload is noted at once, so
/// that a run that was stopped goes on after it. Errors: kNotCompliant (the date lies beyond the life of a hosted file;
/// nothing was uploaded), those of `AyrshareClient::upload` and of the ledger, kCancelled.
Result<HostedMedia> host_media(const PostFiles& files, const std::string& schedule_date, AyrshareClient& client,
                               Ledger& ledger, const RunContext& run);

/// The URL of an earlier upload of these bytes that lives beyond `until` and still stands: the service is asked, as it
/// may have dropped it before its time. Errors: those of the ledger and of `AyrshareClient::url_exists`.
Result<std::optional<std::string>> standing_upload(const std::string& sha256, Clock::TimePoint until,
                                                   AyrshareClient& client, Ledger& ledger, const RunContext& run);

/// A name for the service: ASCII letters, digits, '-' and '_' of the file's own name, and the extension of its type.
std::string upload_name(const OutputFile& output);

}  // namespace tokprep
