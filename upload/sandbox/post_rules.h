#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upload/sandbox/post_request.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

/// What becomes of a post: refused at once, or failed late, or neither.
struct Verdict {
  std::optional<Refusal> refusal;
  std::string late_failure;  ///< TikTok's reason; empty: none
};

/// Judges what only the server can: whether the media are here and would pass TikTok's checks, and the text's length.
/// Opens media through the inspector, so it may take its time; not to be called under the store's lock.
Verdict judge_media_and_text(const PostRequest& request, const Site& site);

/// The book's paths of those addresses that are of this server.
std::vector<std::string> media_paths(const std::vector<std::string>& urls, const Site& site);

/// Equal for equal text and equal media bytes; empty where a file is not there.
std::string fingerprint(const std::string& text, const std::vector<std::string>& paths, const Book& book,
                        std::int64_t now_ms);

/// Code 137 where the same was posted, or will be, within 48 hours of `due_ms` by the same profile.
std::optional<Refusal> find_duplicate(const Book& book, const Post& post);

}  // namespace tokprep::sandbox
