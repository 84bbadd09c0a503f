#include "upload/sandbox/post_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "base/text.h"

namespace tokprep::sandbox {
namespace {

enum class FieldType { kText, kFlag, kWhole, kTexts, kObject };

struct Field {
  std::string_view name;
  FieldType type;
};

constexpr std::array kPostFields{
    Field{"post", FieldType::kText},           Field{"platforms", FieldType::kTexts},
    Field{"mediaUrls", FieldType::kTexts},     Field{"isVideo", FieldType::kFlag},
    Field{"scheduleDate", FieldType::kText},   Field{"validateScheduled", FieldType::kFlag},
    Field{"idempotencyKey", FieldType::kText}, Field{"tikTokOptions", FieldType::kObject},
    Field{"firstComment", FieldType::kObject}, Field{"disableComments", FieldType::kFlag},
    Field{"shortenLinks", FieldType::kFlag},   Field{"requiresApproval", FieldType::kFlag},
    Field{"notes", FieldType::kText},
};

constexpr std::array kTikTokFields{
    Field{"autoAddMusic", FieldType::kFlag},
    Field{"disableComments", FieldType::kFlag},
    Field{"disableDuet", FieldType::kFlag},
    Field{"disableStitch", FieldType::kFlag},
    Field{"draft", FieldType::kFlag},
    Field{"isAIGenerated", FieldType::kFlag},
    Field{"isBrandedContent", FieldType::kFlag},
    Field{"isBrandOrganic", FieldType::kFlag},
    Field{"imageCoverIndex", FieldType::kWhole},
    Field{"title", FieldType::kText},
    Field{"thumbNailOffset", FieldType::kWhole},
    Field{"thumbNail", FieldType::kText},
    Field{"visibility", FieldType::kText},
};

constexpr std::array kCommentFields{Field{"comment", FieldType::kText}, Field{"mediaUrls", FieldType::kTexts}};

/// Fields the service knows and the sandbox does not play.
constexpr std::array<std::string_view, 11> kNotPlayed{
    "autoSchedule", "autoRepost",      "autoHashtag",      "unsplash", "randomPost", "randomMediaUrl",
    "profileKey",   "isPortraitVideo", "isLandscapeVideo", "title",    "subreddit"};

bool all_texts(const Json& list) {
  return std::ranges::all_of(list, [](const Json& entry) { return entry.is_string(); });
}

bool fits(const Json& value, FieldType type) {
  switch (type) {
    case FieldType::kText:
      return value.is_string();
    case FieldType::kFlag:
      return value.is_boolean();
    case FieldType::kWhole:
      return value.is_number_integer() && value.get<std::int64_t>() >= 0;
    case FieldType::kTexts:
      return value.is_array() && all_texts(value);
    case FieldType::kObject:
      return value.is_object();
  }
  return false;
}

std::string_view name_of_type(FieldType type) {
  switch (type) {
    case FieldType::kText:
      return "a string";
    case FieldType::kFlag:
      return "true or false";
    case FieldType::kWhole:
      return "a whole number, 0 or more";
    case FieldType::kTexts:
      return "a list of strings";
    case FieldType::kObject:
      return "an object";
  }
  return "";
}

std::optional<Refusal> unknown_field(const std::string& path, const std::string& name, std::span<const Field> fields) {
  if (std::ranges::find(kNotPlayed, name) != kNotPlayed.end() && fields.data() == kPostFields.data()) {
    return refuse_field(path, "the service knows it, the sandbox does not");
  }
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  const auto meant = nearest(name, names);
  return refuse_field(path, "unknown field" + (meant ? "; " + *meant + " is known" : std::string()));
}

/// The first field that nobody knows, or whose value is of another type. `where` begins the names: "tikTokOptions.".
std::optional<Refusal> check_fields(const Json& object, std::span<const Field> fields, std::string_view where) {
  for (const auto& [name, value] : object.items()) {
    const std::string path = std::string(where) + name;
    const auto field = std::ranges::find(fields, name, &Field::name);
    if (field == fields.end()) return unknown_field(path, name, fields);
    if (!fits(value, field->type)) return refuse_field(path, fmt::format("must be {}", name_of_type(field->type)));
  }
  return std::nullopt;
}

}  // namespace

Refusal refuse_field(std::string_view field, std::string_view why) {
  return {code::kParameter, fmt::format("{}: {}", field, why), false};
}

std::optional<Refusal> check_post_fields(const Json& body) {
  if (auto refusal = check_fields(body, kPostFields, "")) return refusal;
  if (body.contains("tikTokOptions")) {
    if (auto refusal = check_fields(body["tikTokOptions"], kTikTokFields, "tikTokOptions.")) return refusal;
  }
  if (body.contains("firstComment")) {
    if (auto refusal = check_fields(body["firstComment"], kCommentFields, "firstComment.")) return refusal;
    if (!body["firstComment"].contains("comment")) return refuse_field("firstComment.comment", "is missing");
  }
  for (const char* name : {"post", "platforms", "mediaUrls"}) {
    if (!body.contains(name)) return refuse_field(name, "is missing");
  }
  return std::nullopt;
}

}  // namespace tokprep::sandbox
