#include "pipeline/cli/schema_values.h"

#include <fmt/format.h>

#include <cctype>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "pipeline/cli/post_settings.h"
#include "pipeline/cli/schema_parts.h"
#include "pipeline/cli/values.h"

namespace tokprep::cli::schema {
namespace {

constexpr std::string_view kNumber = R"(([0-9]+\.?[0-9]*|\.[0-9]+))";
constexpr std::string_view kPair = "0*[1-9][0-9]{{0,5}}{}0*[1-9][0-9]{{0,5}}";
constexpr std::string_view kYear = "(19[7-9][0-9]|2[01][0-9]{2}|22[0-5][0-9]|226[01])";  // see `is_countable`
constexpr std::string_view kMonthAndDay = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
constexpr std::string_view kTimeOfDay = R"(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]*)?)?)";
constexpr std::string_view kOffset = "([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)";
constexpr std::string_view kTimeUnit = " *([mM] *[sS]|[sS]|[mM] *[iI] *[nN]|[hH])? *";
constexpr std::string_view kSizeUnit = " *([bB]|[kKmMgG] *([iI] *)?[bB])? *";

Json text_like(const std::string& pattern) { return {{"type", "string"}, {"pattern", "^(" + pattern + ")$"}}; }

Json whole_from(std::int64_t least, std::int64_t most) {
  return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

Json one_of(std::span<const std::string_view> words) {
  Json all = Json::array();
  for (const std::string_view word : words) all.push_back(std::string(word));
  return {{"enum", std::move(all)}};
}

/// The words of "jpeg|webp".
Json words_of(std::string_view value) {
  Json words = Json::array();
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find('|', at), value.size());
    words.push_back(std::string(value.substr(at, end - at)));
    at = end + 1;
  }
  return {{"enum", std::move(words)}};
}

Json switch_value() { return {{"enum", Json::array({true, false, "true", "false"})}}; }

/// Names count in any case of letters.
std::string colour_pattern() {
  std::string pattern = "#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})";
  for (const std::string_view name : colour_names()) {
    pattern += '|';
    for (const char c : name) pattern += fmt::format("[{}{}]", c, static_cast<char>(std::toupper(c)));
  }
  return pattern;
}

std::string pair_pattern(char separator) { return fmt::format(fmt::runtime(kPair), separator); }

std::string time_pattern() { return std::string(kNumber) + std::string(kTimeUnit); }

/// What the setting may be; of several forms, any.
Json forms_of(const ConvertField& field) {
  const std::string number(kNumber);
  switch (field.form) {
    case ValueForm::kFree:
      return Json::array({{{"type", "string"}, {"minLength", 1}}});
    case ValueForm::kSwitch:
      return Json::array({switch_value()});
    case ValueForm::kWords:
      return Json::array({words_of(field.value)});
    case ValueForm::kPreset:
      return Json::array({one_of(preset_names())});
    case ValueForm::kColour:
      return Json::array({text_like(colour_pattern())});
    case ValueForm::kBox:
      return Json::array({text_like(pair_pattern('x'))});
    case ValueForm::kCanvas:
      return Json::array({text_like("off|auto|" + pair_pattern(':') + "|" + pair_pattern('x'))});
    case ValueForm::kBytes:
      return Json::array({text_like(number + std::string(kSizeUnit)), {{"type", "number"}, {"minimum", 1000}}});
    case ValueForm::kLoudness:
      return Json::array({text_like(R"(off|-0*([1-9]|[1-6][0-9]|70)(\.0*)?|-0*[1-6]?[0-9]?\.[0-9]*[1-9][0-9]*)"),
                          {{"type", "number"}, {"minimum", -70}, {"exclusiveMaximum", 0}}});
    case ValueForm::kOffset:
      return Json::array({text_like("auto|" + time_pattern()), {{"type", "number"}, {"minimum", 0}}});
    case ValueForm::kShare:
      return Json::array({text_like(R"(0*\.[0-9]*[1-9][0-9]*|0*1(\.0*)?)"),
                          {{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 1}}});
    case ValueForm::kTrack:
      return Json::array({text_like("0*([1-9][0-9]{0,2}|1000)"), whole_from(1, 1000)});
    case ValueForm::kLoss: {
      const std::string part = "(" + number + R"(|(0*(100(\.0*)?|[0-9]{1,2}(\.[0-9]*)?)|\.[0-9]+)%))";
      return Json::array({text_like(part + "(," + part + ")*"), {{"type", "number"}, {"minimum", 0}}});
    }
  }
  return Json::array();
}

template <class T>
Json forms_of(const PostField& field) {
  if constexpr (std::is_same_v<T, bool>) return Json::array({switch_value()});
  else if constexpr (std::is_same_v<T, Visibility>) return Json::array({words_of(names_with_bars<Visibility>())});
  else if constexpr (std::is_same_v<T, int>)
    return Json::array({text_like("[0-9]{1,10}"), whole_from(0, std::numeric_limits<int>::max())});
  else if constexpr (std::is_same_v<T, std::int64_t>) return Json::array({text_like(time_pattern())});
  else if (value_of(field) != "TIME") return Json::array({of_type("string")});
  // "2026-12-24 18:00 Europe/Berlin" as well; which zones there are is for the reader.
  const std::string moment =
      fmt::format(" *{}-{}[Tt ]{}({}| +[A-Za-z][^ ]*) *", kYear, kMonthAndDay, kTimeOfDay, kOffset);
  return Json::array({text_like(moment)});
}

Json with_null(Json forms, std::string_view help) {
  forms.push_back(of_type("null"));
  Json schema = any_of(std::move(forms));
  schema["description"] = std::string(help);
  return schema;
}

}  // namespace

Json value_of_setting(const ConvertField& field) { return with_null(forms_of(field), field.help); }

Json value_of_setting(const PostField& field) {
  return std::visit(
      [&](auto member) {
        using T = typename std::remove_reference_t<decltype(std::declval<PostOptions&>().*member)>::value_type;
        return with_null(forms_of<T>(field), help_of(field));
      },
      field.member);
}

Json local_path() { return {{"type", "string"}, {"minLength", 1}, {"pattern", R"(^(?![\s\S]*://))"}}; }

Json output_name() { return {{"type", "string"}, {"minLength", 1}, {"pattern", R"(^(?!/|\.\.(/|$)|\.$|[\s\S]*/$))"}}; }

Json zoned_date() { return text_like(fmt::format("{}-{}[Tt ]{}{}", kYear, kMonthAndDay, kTimeOfDay, kOffset)); }

}  // namespace tokprep::cli::schema
