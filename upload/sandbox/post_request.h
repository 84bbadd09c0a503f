#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/json.h"
#include "upload/sandbox/codes.h"

namespace tokprep::sandbox {

/// The body of POST /post, every field known and of the right type.
struct PostRequest {
  Json body;  ///< with `mediaUrl` renamed to `mediaUrls` and without `source`
  std::string text;
  std::vector<std::string> media_urls;
  bool is_video = false;  ///< by what the first address ends in
  std::optional<std::int64_t> schedule_ms;
  bool validate_scheduled = true;
  bool requires_approval = false;
  std::string idempotency_key;           ///< empty: none
  std::optional<std::string> thumbnail;  ///< tikTokOptions.thumbNail
};

/// Judges the body by itself: what it says, not whether its media are there. The refusal (code 101, or 156 for a
/// network nobody linked) names the field.
tl::expected<PostRequest, Refusal> parse_post_request(Json body);

}  // namespace tokprep::sandbox
