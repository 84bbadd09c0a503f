#include "upload/ayrshare/post_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "upload/ayrshare/key_lines.h"
#include "upload/ayrshare/post_fields.h"

namespace tokprep {
namespace {

struct RefusedName {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kFilledIn = "tokprep fills this in";
constexpr std::string_view kOtherNetwork = "it is for another network; tokprep posts to TikTok";
constexpr std::string_view kReplacesMedia = "it would replace the media that tokprep prepares";
constexpr std::string_view kProfile = "the profile is chosen by its key: AYRSHARE_PROFILE_KEY";
constexpr std::string_view kPostsAgain = "tokprep posts each item once, at a time it knows";
constexpr std::string_view kChangesCaption = "it would change the caption after it was checked";

// Fields of POST /post that exist and cannot be used here; everything else that is not known is a slip.
constexpr std::array kRefused = {
    RefusedName{"mediaUrls", kFilledIn},
    RefusedName{"mediaUrl", kFilledIn},
    RefusedName{"platforms", kFilledIn},
    RefusedName{"isVideo", kFilledIn},
    RefusedName{"blueskyOptions", kOtherNetwork},
    RefusedName{"faceBookOptions", kOtherNetwork},
    RefusedName{"facebookOptions", kOtherNetwork},
    RefusedName{"gmbOptions", kOtherNetwork},
    RefusedName{"instagramOptions", kOtherNetwork},
    RefusedName{"linkedInOptions", kOtherNetwork},
    RefusedName{"pinterestOptions", kOtherNetwork},
    RefusedName{"redditOptions", kOtherNetwork},
    RefusedName{"snapchatOptions", kOtherNetwork},
    RefusedName{"telegramOptions", kOtherNetwork},
    RefusedName{"threadsOptions", kOtherNetwork},
    RefusedName{"twitterOptions", kOtherNetwork},
    RefusedName{"youTubeOptions", kOtherNetwork},
    RefusedName{"mediaCaptions", kOtherNetwork},
    RefusedName{"subreddit", kOtherNetwork},
    RefusedName{"randomPost", kReplacesMedia},
    RefusedName{"randomMediaUrl", kReplacesMedia},
    RefusedName{"isPortraitVideo", kReplacesMedia},
    RefusedName{"isLandscapeVideo", kReplacesMedia},
    RefusedName{"unsplash", kReplacesMedia},
    RefusedName{"profileKey", kProfile},
    RefusedName{"profileKeys", kProfile},
    RefusedName{"autoSchedule", kPostsAgain},
    RefusedName{"autoRepost", kPostsAgain},
    RefusedName{"autoHashtag", kChangesCaption},
};

const PostField* find_field(FieldPlace place, std::string_view name) {
  const auto* found = std::ranges::find_if(
      kPostFields, [&](const PostField& field) { return field.place == place && field.name == name; });
  return found != kPostFields.end() ? found : nullptr;
}

std::optional<FieldPlace> object_named(std::string_view name) {
  return name.empty() ? std::nullopt : enum_from<FieldPlace>(name);
}

/// Every name that may stand in one object.
std::vector<std::string_view> names_in(FieldPlace place) {
  std::vector<std::string_view> names;
  for (const PostField& field : kPostFields) {
    if (field.place == place) names.push_back(field.name);
  }
  if (place == FieldPlace::kBody) {
    names.insert(names.end(),
                 {name_of(FieldPlace::kTikTokOptions), name_of(FieldPlace::kFirstComment), "disableComments"});
  }
  return names;
}

// What may be asked of a value: nothing when it was taken, else what it would have to be.
std::string_view take(const Json& value, std::optional<std::string>& into) {
  if (!value.is_string()) return "text";
  into = value.get<std::string>();
  return {};
}

std::string_view take(const Json& value, std::optional<bool>& into) {
  if (!value.is_boolean()) return "true or false";
  into = value.get<bool>();
  return {};
}

std::string_view take(const Json& value, std::optional<Visibility>& into) {
  into = value.is_string() ? enum_from<Visibility>(value.get<std::string>()) : std::nullopt;
  return into ? std::string_view() : "one of public, private, followers, friends";
}

template <class Integer>
std::string_view take(const Json& value, std::optional<Integer>& into) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMax) return "a whole number, 0 or more";
  into = static_cast<Integer>(value.get<std::uint64_t>());
  return {};
}

/// Reads one document into options; every error names file and line.
class OptionsReader {
 public:
  /// `place_of` tells of a member by its path ("tikTokOptions/visibility") where it stands, for errors.
  using PlaceOf = std::function<std::string(const std::string& path)>;

  OptionsReader(std::string_view file, PlaceOf place_of) : file_(file), place_of_(std::move(place_of)) {}

  Status read_object(const Json& object, FieldPlace place) {
    for (const auto& [name, value] : object.items()) TOKPREP_TRY(read_member(name, value, place));
    return {};
  }

  PostOptions options;

 private:
  Status read_member(const std::string& name, const Json& value, FieldPlace place);
  Status read_field(const PostField& field, const std::string& shown, const Json& value, FieldPlace place);
  [[nodiscard]] tl::unexpected<Error> unknown(const std::string& name, FieldPlace place) const;
  [[nodiscard]] tl::unexpected<Error> refuse(const std::string& name, FieldPlace place, std::string why,
                                             std::string fix = {}) const;

  std::string_view file_;
  PlaceOf place_of_;
};

tl::unexpected<Error> OptionsReader::refuse(const std::string& name, FieldPlace place, std::string why,
                                            std::string fix) const {
  const std::string path = place == FieldPlace::kBody ? name : fmt::format("{}/{}", name_of(place), name);
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  const std::string stands_at = place_of_(path);
  error.message = stands_at.empty() ? std::move(why) : fmt::format("{}: {}", stands_at, why);
  error.file = std::string(file_);
  error.fix = std::move(fix);
  return fail(std::move(error));
}

tl::unexpected<Error> OptionsReader::unknown(const std::string& name, FieldPlace place) const {
  if (place == FieldPlace::kBody && find_field(FieldPlace::kTikTokOptions, name) != nullptr) {
    return refuse(name, place, fmt::format("option '{}' belongs inside tikTokOptions", name));
  }
  if (place != FieldPlace::kBody && find_field(FieldPlace::kBody, name) != nullptr) {
    return refuse(name, place, fmt::format("option '{}' does not belong inside {}", name, name_of(place)));
  }
  std::string why = fmt::format("unknown option '{}'", name);
  if (const auto known = nearest(name, names_in(place))) why += fmt::format("; did you mean '{}'?", *known);
  return refuse(name, place, std::move(why));
}

Status OptionsReader::read_field(const PostField& field, const std::string& shown, const Json& value,
                                 FieldPlace place) {
  return std::visit(
      [&](auto member) -> Status {
        auto& option = options.*member;
        if (option) return refuse(shown, place, fmt::format("'{}' is given twice", shown));
        const std::string_view wanted = take(value, option);
        if (wanted.empty()) return {};
        return refuse(shown, place,
                      fmt::format("'{}' must be {}, not {}", shown, wanted,
                                  value.is_structured() ? value.type_name() : to_line(value)));
      },
      field.member);
}

Status OptionsReader::read_member(const std::string& name, const Json& value, FieldPlace place) {
  if (const PostField* field = find_field(place, name)) {
    TOKPREP_TRY(read_field(*field, name, value, place));
    if (name != "scheduleDate") return {};
    auto utc = to_utc_schedule(*options.schedule_date);
    if (!utc) return refuse(name, place, "scheduleDate " + utc.error().message, utc.error().fix);
    options.schedule_date = std::move(*utc);
    return {};
  }
  if (place == FieldPlace::kBody) {
    // The service takes this one in the body as well.
    if (name == "disableComments") {
      return read_field(*find_field(FieldPlace::kTikTokOptions, name), name, value, place);
    }
    if (const auto inner = object_named(name)) {
      if (!value.is_object()) return refuse(name, place, fmt::format("'{}' must be an object in braces", name));
      return read_object(value, *inner);
    }
  }
  const auto* refused = std::ranges::find(kRefused, name, &RefusedName::name);
  if (refused != kRefused.end()) {
    return refuse(name, place, fmt::format("'{}' cannot be given here: {}", name, refused->why));
  }
  return unknown(name, place);
}

}  // namespace

Result<PostOptions> parse_post_options(std::string_view text, std::string_view what) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // the mark some editors put in front
  TOKPREP_ASSIGN(const KeyLines lines, lines_of_keys(text, what));
  TOKPREP_ASSIGN(const Json document, parse_json(text, what));
  if (!document.is_object()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}, line 1: must be an object in braces", what));
  }
  OptionsReader reader(what, [&](const std::string& path) { return fmt::format("{}, line {}", what, lines.at(path)); });
  TOKPREP_TRY(reader.read_object(document, FieldPlace::kBody));
  return std::move(reader.options);
}

Result<PostOptions> post_options_of(const Json& body) {
  OptionsReader reader("", [](const std::string& /*path*/) { return std::string(); });
  TOKPREP_TRY(reader.read_object(body, FieldPlace::kBody));
  return std::move(reader.options);
}

}  // namespace tokprep
