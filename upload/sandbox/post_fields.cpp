#include "upload/sandbox/post_fields.h"

#include <algorithm>
#include <array>

namespace tokprep::sandbox {
namespace {

using enum FieldType;

constexpr std::array kPostFields{
    Field{"post", kText, true},
    Field{"platforms", kTexts, true},
    Field{"mediaUrls", kTexts, true},
    Field{"isVideo", kFlag},
    Field{"scheduleDate", kText},
    Field{"validateScheduled", kFlag},
    Field{"idempotencyKey", kText},
    Field{"tikTokOptions", kObject},
    Field{"firstComment", kObject},
    Field{"disableComments", kFlag},
    Field{"shortenLinks", kFlag},
    Field{"requiresApproval", kFlag},
    Field{"notes", kText},
    // For other networks: read, and without meaning for TikTok.
    Field{"title", kText},
    Field{"subreddit", kText},
    Field{"blueskyOptions", kObject},
    Field{"faceBookOptions", kObject},
    Field{"facebookOptions", kObject},
    Field{"gmbOptions", kObject},
    Field{"instagramOptions", kObject},
    Field{"linkedInOptions", kObject},
    Field{"pinterestOptions", kObject},
    Field{"redditOptions", kObject},
    Field{"snapchatOptions", kObject},
    Field{"telegramOptions", kObject},
    Field{"threadsOptions", kObject},
    Field{"twitterOptions", kObject},
    Field{"youTubeOptions", kObject},
};

constexpr std::array kTikTokFields{
    Field{"autoAddMusic", kFlag},
    Field{"disableComments", kFlag},
    Field{"disableDuet", kFlag},
    Field{"disableStitch", kFlag},
    Field{"draft", kFlag},
    Field{"isAIGenerated", kFlag},
    Field{"isBrandedContent", kFlag},
    Field{"isBrandOrganic", kFlag},
    Field{"imageCoverIndex", kWhole},
    Field{"title", kText},
    Field{"thumbNailOffset", kWhole},
    Field{"thumbNail", kText},
    Field{"visibility", kText},
};

constexpr std::array kCommentFields{Field{"comment", kText, true}, Field{"mediaUrls", kTexts}};

/// Fields the service knows and the sandbox does not play: a client that sends one is right, and is told.
constexpr std::array kNotPlayed{
    Field{"autoSchedule", kObject},  Field{"autoRepost", kObject},     Field{"autoHashtag", kObjectOrTrue},
    Field{"unsplash", kTextOrTexts}, Field{"randomPost", kFlag},       Field{"randomMediaUrl", kFlag},
    Field{"isPortraitVideo", kFlag}, Field{"isLandscapeVideo", kFlag}, Field{"profileKeys", kTexts},
    Field{"profileKey", kText},      Field{"arrayResponse", kFlag},
};

std::optional<Refusal> not_played(const Json& body) {
  for (const Field& field : kNotPlayed) {
    if (!body.contains(field.name)) continue;
    const std::array one{field};
    const std::string name(field.name);
    if (auto wrong = check_fields({{name, body[name]}}, one)) return wrong;
    Refusal refusal = refuse_field(name, "the service knows it, the sandbox does not");
    refusal.lawful = true;
    return refusal;
  }
  return std::nullopt;
}

/// {"default": …, "tiktok": …}: what TikTok gets.
void choose_for_tiktok(Json& body, const char* name) {
  if (!body.contains(name) || !body[name].is_object()) return;
  for (const char* platform : {"tiktok", "default"}) {
    if (!body[name].contains(platform)) continue;
    Json chosen = body[name][platform];
    body[name] = std::move(chosen);
    return;
  }
}

}  // namespace

std::optional<Refusal> straighten(Json& body) {
  body.erase("source");
  if (body.contains("mediaUrl")) {
    if (body.contains("mediaUrls")) return refuse_field("mediaUrl", "is another name of mediaUrls; send one of them");
    body["mediaUrls"] = std::move(body["mediaUrl"]);
    body.erase("mediaUrl");
  }
  choose_for_tiktok(body, "post");
  choose_for_tiktok(body, "mediaUrls");
  if (body.value("platforms", Json()) == Json::array({"all"})) body["platforms"] = Json::array({"tiktok"});
  return std::nullopt;
}

std::optional<Refusal> check_post_fields(const Json& body) {
  if (auto refusal = not_played(body)) return refusal;
  if (auto refusal = check_fields(body, kPostFields)) return refusal;
  if (body.contains("tikTokOptions")) {
    if (auto refusal = check_fields(body["tikTokOptions"], kTikTokFields, "tikTokOptions.")) return refusal;
  }
  if (!body.contains("firstComment")) return std::nullopt;
  return check_fields(body["firstComment"], kCommentFields, "firstComment.");
}

}  // namespace tokprep::sandbox
