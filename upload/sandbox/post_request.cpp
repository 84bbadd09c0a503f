#include "upload/sandbox/post_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/text.h"
#include "upload/sandbox/dates.h"
#include "upload/sandbox/media_types.h"
#include "upload/sandbox/post_fields.h"

namespace tokprep::sandbox {
namespace {

constexpr std::array<std::string_view, 5> kVideoOnly{"disableDuet", "disableStitch", "isAIGenerated", "thumbNailOffset",
                                                     "thumbNail"};
constexpr std::array<std::string_view, 3> kImagesOnly{"autoAddMusic", "imageCoverIndex", "title"};
constexpr std::array<std::string_view, 4> kVisibilities{"public", "private", "followers", "friends"};

constexpr std::array<std::string_view, 12> kOtherNetworks{"bluesky",  "facebook",  "gmb",     "instagram",
                                                          "linkedin", "pinterest", "reddit",  "snapchat",
                                                          "telegram", "threads",   "twitter", "youtube"};

constexpr std::size_t kMaxImages = 35;
constexpr std::size_t kTitleUtf16Units = 90;

std::optional<Refusal> no(std::string_view field, std::string_view why) { return refuse_field(field, why); }

std::optional<Refusal> check_platforms(const Json& platforms) {
  if (platforms.empty()) return no("platforms", "is empty");
  for (const Json& entry : platforms) {
    const auto& name = entry.get_ref<const std::string&>();
    if (std::ranges::find(kOtherNetworks, name) != kOtherNetworks.end()) {
      return Refusal{code::kNotLinked, fmt::format("platforms: {} is not linked with this profile; tiktok is.", name)};
    }
    if (name != "tiktok") return no("platforms", fmt::format("there is no network '{}'", name));
  }
  return platforms.size() == 1 ? std::nullopt : no("platforms", "names tiktok twice");
}

/// One video or 1 to 35 images. An address of no known type passes here: whether it is there is judged later.
std::optional<Refusal> check_media(const std::vector<std::string>& urls, const Json& body) {
  std::size_t videos = 0;
  std::size_t images = 0;
  for (const std::string& url : urls) {
    const MediaType* type = media_type_of_name(url);
    if (type != nullptr) ++(type->kind == Inspection::Kind::kVideo ? videos : images);
  }
  if (urls.empty()) return no("mediaUrls", "is empty; TikTok takes one video or 1 to 35 images");
  if (videos > 0 && images > 0) return no("mediaUrls", "mixes a video with images");
  if (videos > 1) return no("mediaUrls", fmt::format("has {} videos; TikTok takes one", videos));
  if (urls.size() > kMaxImages)
    return no("mediaUrls", fmt::format("has {} images; TikTok takes {}", urls.size(), kMaxImages));
  if (body.value("isVideo", videos > 0) != (videos > 0) && videos + images > 0) {
    return no("isVideo", fmt::format("is {}, and the media say otherwise", videos == 0));
  }
  return std::nullopt;
}

std::optional<Refusal> check_options(const Json& options, bool is_video, std::size_t media_count) {
  const std::span<const std::string_view> misplaced =
      is_video ? std::span<const std::string_view>(kImagesOnly) : std::span<const std::string_view>(kVideoOnly);
  for (const std::string_view name : misplaced) {
    if (options.contains(name)) {
      return no(fmt::format("tikTokOptions.{}", name), is_video ? "is for images only" : "is for videos only");
    }
  }
  const std::string visibility = options.value("visibility", "public");
  if (std::ranges::find(kVisibilities, visibility) == kVisibilities.end()) {
    return no("tikTokOptions.visibility", "must be public, private, followers or friends");
  }
  if (visibility == "private" && options.value("isBrandedContent", false)) {
    return no("tikTokOptions.isBrandedContent", "cannot be private");
  }
  if (options.value("imageCoverIndex", std::size_t{0}) >= media_count) {
    return no("tikTokOptions.imageCoverIndex", fmt::format("must be less than {}, the number of images", media_count));
  }
  if (utf16_length(options.value("title", "")) > kTitleUtf16Units) {
    return no("tikTokOptions.title", fmt::format("is longer than {} characters", kTitleUtf16Units));
  }
  return std::nullopt;
}

/// All but the schedule; expects the types to be right.
PostRequest read_fields(Json body) {
  PostRequest request;
  request.text = body["post"];
  request.media_urls = body["mediaUrls"].get<std::vector<std::string>>();
  request.validate_scheduled = body.value("validateScheduled", true);
  request.requires_approval = body.value("requiresApproval", false);
  request.idempotency_key = body.value("idempotencyKey", "");
  const MediaType* type = request.media_urls.empty() ? nullptr : media_type_of_name(request.media_urls.front());
  request.is_video = type != nullptr ? type->kind == Inspection::Kind::kVideo : body.value("isVideo", false);
  const Json options = body.value("tikTokOptions", Json::object());
  if (options.contains("thumbNail")) request.thumbnail = options["thumbNail"].get<std::string>();
  request.body = std::move(body);
  return request;
}

}  // namespace

tl::expected<PostRequest, Refusal> parse_post_request(Json body) {
  if (auto refusal = straighten(body)) return tl::unexpected(*refusal);
  if (auto refusal = check_post_fields(body)) return tl::unexpected(*refusal);
  if (auto refusal = check_platforms(body["platforms"])) return tl::unexpected(*refusal);
  PostRequest request = read_fields(std::move(body));
  if (auto refusal = check_media(request.media_urls, request.body)) return tl::unexpected(*refusal);
  const Json options = request.body.value("tikTokOptions", Json::object());
  if (auto refusal = check_options(options, request.is_video, request.media_urls.size()))
    return tl::unexpected(*refusal);
  if (options.value("draft", false) && request.body.contains("firstComment")) {
    return tl::unexpected(*no("firstComment", "is not for drafts"));
  }
  if (request.body.contains("idempotencyKey") && request.idempotency_key.empty()) {
    return tl::unexpected(*no("idempotencyKey", "is empty"));
  }
  if (request.body.contains("scheduleDate")) {
    request.schedule_ms = parse_iso8601(request.body["scheduleDate"].get_ref<const std::string&>());
    if (!request.schedule_ms)
      return tl::unexpected(*no("scheduleDate", "must be a UTC time such as 2026-07-08T12:30:00Z"));
  }
  return request;
}

}  // namespace tokprep::sandbox
