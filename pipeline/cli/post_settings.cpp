#include "pipeline/cli/post_settings.h"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <utility>

#include "pipeline/calendar.h"
#include "pipeline/cli/values.h"

namespace tokprep::cli {
namespace {

struct HelpLine {
  std::string_view flag;
  std::string_view help;
};

constexpr std::array kHelp = {
    HelpLine{"--caption", "the text of the post, at most 2,200 UTF-16 units"},
    HelpLine{"--schedule", "when it goes out: ISO 8601 with a zone, 2026-07-08T14:30:00+02:00"},
    HelpLine{"--validate-scheduled", "have a scheduled post checked now"},
    HelpLine{"--notes", "a note kept with the post at the service"},
    HelpLine{"--requires-approval", "hold the post until somebody approves it"},
    HelpLine{"--shorten-links", "shorten the links in the caption"},
    HelpLine{"--first-comment", "a comment under the post"},
    HelpLine{"--visibility", "who may see it"},
    HelpLine{"--draft", "leave it in the creator's inbox as a draft"},
    HelpLine{"--disable-comments", "nobody may comment"},
    HelpLine{"--disable-duet", "nobody may make a duet (videos)"},
    HelpLine{"--disable-stitch", "nobody may stitch it (videos)"},
    HelpLine{"--is-ai-generated", "label it as made by AI (videos)"},
    HelpLine{"--is-branded-content", "label it as a paid partnership; cannot be private"},
    HelpLine{"--is-brand-organic", "label it as promotion of one's own brand"},
    HelpLine{"--auto-add-music", "let TikTok add music (images)"},
    HelpLine{"--image-cover-index", "which image is the cover, from 0 (images)"},
    HelpLine{"--title", "the title, at most 90 UTF-16 units (images)"},
};

/// Also "2026-12-24 18:00 Europe/Berlin"; kept as the service wants it.
Result<std::string> read_moment(std::string_view text) {
  TOKPREP_ASSIGN(const Clock::TimePoint moment, parse_moment(text));
  return to_iso8601(moment);
}

template <class T>
Result<T> read(const PostField& field, std::string_view text) {
  if constexpr (std::is_same_v<T, bool>) return parse_bool(text);
  else if constexpr (std::is_same_v<T, Visibility>) return parse_name<Visibility>(text);
  else if constexpr (std::is_same_v<T, int>) return parse_whole(text, 0, std::numeric_limits<int>::max());
  else if constexpr (std::is_same_v<T, std::int64_t>) return parse_ms(text);
  else if (field.member == decltype(field.member)(&PostOptions::schedule_date)) return read_moment(text);
  else return std::string(text);
}

template <class T>
bool holds(const PostField& field) {
  return std::holds_alternative<OptionMember<T>>(field.member);
}

}  // namespace

std::vector<const PostField*> shared_post_fields() {
  std::vector<const PostField*> fields;
  for (const PostField& field : kPostFields) {
    if (std::ranges::find(kHelp, field.flag, &HelpLine::flag) != kHelp.end()) fields.push_back(&field);
  }
  return fields;
}

std::string value_of(const PostField& field) {
  if (holds<bool>(field)) return "";
  if (holds<Visibility>(field)) return names_with_bars<Visibility>();
  if (holds<int>(field)) return "N";
  return field.flag == "--schedule" ? "TIME" : "TEXT";
}

std::string_view help_of(const PostField& field) {
  const auto* line = std::ranges::find(kHelp, field.flag, &HelpLine::flag);
  return line != kHelp.end() ? line->help : field.name;
}

std::string key_of(const PostField& field) {
  std::string key(field.flag.substr(2));
  std::ranges::replace(key, '-', '_');
  return key;
}

Status set(PostOptions& options, const PostField& field, std::string_view text) {
  return std::visit(
      [&](auto member) -> Status {
        using T = typename std::remove_reference_t<decltype(options.*member)>::value_type;
        TOKPREP_ASSIGN(options.*member, read<T>(field, text));
        return {};
      },
      field.member);
}

PostOptions applicable(const PostOptions& options, bool is_video) {
  PostOptions rest = options;
  for (const PostField& field : kPostFields) {
    if (field.applies_to != (is_video ? AppliesTo::kImages : AppliesTo::kVideos)) continue;
    std::visit([&](auto member) { (rest.*member).reset(); }, field.member);
  }
  return rest;
}

}  // namespace tokprep::cli
