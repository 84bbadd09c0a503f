#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/enum_names.h"
#include "base/result.h"

namespace tokprep {

enum class Visibility { kPublic, kPrivate, kFollowers, kFriends };

template <>
struct EnumNames<Visibility> {
  static constexpr std::array kTable{std::pair{Visibility::kPublic, std::string_view("public")},
                                     std::pair{Visibility::kPrivate, std::string_view("private")},
                                     std::pair{Visibility::kFollowers, std::string_view("followers")},
                                     std::pair{Visibility::kFriends, std::string_view("friends")}};
};

/// Everything the user may say about a post, from flags, `post.json` and defaults; unset stays unset and is
/// not sent. Names and meanings: Ayrshare, POST /post and tikTokOptions (https://www.ayrshare.com/docs/apis/post/post
/// and .../social-networks/tiktok, read 2026-10-04).
struct PostOptions {
  std::optional<std::string> caption;        ///< "post"
  std::optional<std::string> schedule_date;  ///< ISO 8601, UTC: "2026-07-08T12:30:00Z"
  std::optional<bool> validate_scheduled;
  std::optional<std::string> idempotency_key;
  std::optional<std::string> notes;
  std::optional<bool> requires_approval;
  std::optional<bool> shorten_links;
  std::optional<std::string> first_comment;

  // tikTokOptions
  std::optional<Visibility> visibility;
  std::optional<bool> draft;
  std::optional<bool> disable_comments;
  std::optional<bool> disable_duet;     ///< videos only
  std::optional<bool> disable_stitch;   ///< videos only
  std::optional<bool> is_ai_generated;  ///< videos only
  std::optional<bool> is_branded_content;
  std::optional<bool> is_brand_organic;
  std::optional<bool> auto_add_music;               ///< images only
  std::optional<int> image_cover_index;             ///< images only
  std::optional<std::string> title;                 ///< images only
  std::optional<std::int64_t> thumbnail_offset_ms;  ///< videos only
  std::optional<std::string> thumbnail_url;         ///< videos only; wins over the offset

  bool operator==(const PostOptions&) const = default;
};

/// Reads a `NAME.post.json`: the body of POST /post without mediaUrls and platforms.
///
/// `what` names the file in errors. An unknown name, a wrong type, or a field that tokprep fills itself
/// (mediaUrls, platforms, isVideo) is kInvalidArgument naming file, line and the nearest known name.
Result<PostOptions> parse_post_options(std::string_view text, std::string_view what);

/// The same of a part of a larger document. Errors are sentences about the value; whoever calls adds file and place.
Result<PostOptions> post_options_of(const nlohmann::json& body);

/// `over`'s settings where set, else `base`'s.
PostOptions merged(const PostOptions& base, const PostOptions& over);

/// What is posted, as far as the local checks must know it.
struct PostSubject {
  bool is_video = true;
  int image_count = 0;                      ///< photo posts
  std::optional<std::int64_t> duration_us;  ///< videos
};

/// Limits the checks use; the pipeline takes them from its rules.
struct PostLimits {
  std::size_t caption_utf16_max = 2200;
  std::size_t title_utf16_max = 90;
  int images_max = 35;
};

/// Local validation before anything is uploaded: lengths in UTF-16 units, counts, options that do not apply
/// to the kind of media, the offset inside the duration, the cover's index inside the list, a schedule that
/// is a date with a zone, branded content not private.
/// Error: kInvalidArgument or kNotCompliant with rule, measured value, limit and fix.
Status validate(const PostOptions& options, const PostSubject& subject, const PostLimits& limits);

/// "2026-07-08T14:30:00+02:00" -> "2026-07-08T12:30:00Z". Error: kInvalidArgument without a zone.
Result<std::string> to_utc_schedule(std::string_view text);

}  // namespace tokprep
