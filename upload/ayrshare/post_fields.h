#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "upload/ayrshare/post_options.h"

namespace tokprep {

/// The object of POST /post's body a field stands in.
enum class FieldPlace { kBody, kTikTokOptions, kFirstComment };
enum class AppliesTo { kBoth, kVideos, kImages };

template <>
struct EnumNames<FieldPlace> {
  static constexpr std::array kTable{std::pair{FieldPlace::kBody, std::string_view("")},
                                     std::pair{FieldPlace::kTikTokOptions, std::string_view("tikTokOptions")},
                                     std::pair{FieldPlace::kFirstComment, std::string_view("firstComment")}};
};

template <class T>
using OptionMember = std::optional<T> PostOptions::*;

/// One option: how the service names it, how we do, and where it is kept.
struct PostField {
  FieldPlace place;
  std::string_view name;  ///< in the body, exactly as the service writes it
  std::string_view flag;  ///< on our command line; empty where only a sidecar can say it
  AppliesTo applies_to;
  std::variant<OptionMember<std::string>, OptionMember<bool>, OptionMember<Visibility>, OptionMember<int>,
               OptionMember<std::int64_t>>
      member;
};

// The one table behind reading sidecars, merging, validating and the body that is sent.
inline constexpr std::array kPostFields = {
    PostField{FieldPlace::kBody, "post", "--caption", AppliesTo::kBoth, &PostOptions::caption},
    PostField{FieldPlace::kBody, "scheduleDate", "--schedule", AppliesTo::kBoth, &PostOptions::schedule_date},
    PostField{FieldPlace::kBody, "validateScheduled", "", AppliesTo::kBoth, &PostOptions::validate_scheduled},
    PostField{FieldPlace::kBody, "idempotencyKey", "", AppliesTo::kBoth, &PostOptions::idempotency_key},
    PostField{FieldPlace::kBody, "notes", "", AppliesTo::kBoth, &PostOptions::notes},
    PostField{FieldPlace::kBody, "requiresApproval", "", AppliesTo::kBoth, &PostOptions::requires_approval},
    PostField{FieldPlace::kBody, "shortenLinks", "", AppliesTo::kBoth, &PostOptions::shorten_links},
    PostField{FieldPlace::kFirstComment, "comment", "", AppliesTo::kBoth, &PostOptions::first_comment},
    PostField{FieldPlace::kTikTokOptions, "visibility", "--visibility", AppliesTo::kBoth, &PostOptions::visibility},
    PostField{FieldPlace::kTikTokOptions, "draft", "--draft", AppliesTo::kBoth, &PostOptions::draft},
    PostField{FieldPlace::kTikTokOptions, "disableComments", "--disable-comments", AppliesTo::kBoth,
              &PostOptions::disable_comments},
    PostField{FieldPlace::kTikTokOptions, "disableDuet", "--disable-duet", AppliesTo::kVideos,
              &PostOptions::disable_duet},
    PostField{FieldPlace::kTikTokOptions, "disableStitch", "--disable-stitch", AppliesTo::kVideos,
              &PostOptions::disable_stitch},
    PostField{FieldPlace::kTikTokOptions, "isAIGenerated", "--is-ai-generated", AppliesTo::kVideos,
              &PostOptions::is_ai_generated},
    PostField{FieldPlace::kTikTokOptions, "isBrandedContent", "--is-branded-content", AppliesTo::kBoth,
              &PostOptions::is_branded_content},
    PostField{FieldPlace::kTikTokOptions, "isBrandOrganic", "--is-brand-organic", AppliesTo::kBoth,
              &PostOptions::is_brand_organic},
    PostField{FieldPlace::kTikTokOptions, "autoAddMusic", "--auto-add-music", AppliesTo::kImages,
              &PostOptions::auto_add_music},
    PostField{FieldPlace::kTikTokOptions, "imageCoverIndex", "--image-cover-index", AppliesTo::kImages,
              &PostOptions::image_cover_index},
    PostField{FieldPlace::kTikTokOptions, "title", "--title", AppliesTo::kImages, &PostOptions::title},
    PostField{FieldPlace::kTikTokOptions, "thumbNailOffset", "--thumbnail-offset", AppliesTo::kVideos,
              &PostOptions::thumbnail_offset_ms},
    PostField{FieldPlace::kTikTokOptions, "thumbNail", "--thumbnail", AppliesTo::kVideos, &PostOptions::thumbnail_url},
};

}  // namespace tokprep
