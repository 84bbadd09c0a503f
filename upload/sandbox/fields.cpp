#include "upload/sandbox/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace tokprep::sandbox {
namespace {

bool all_texts(const Json& list) {
  return list.is_array() && std::ranges::all_of(list, [](const Json& entry) { return entry.is_string(); });
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
      return all_texts(value);
    case FieldType::kObject:
      return value.is_object();
    case FieldType::kObjectOrTrue:
      return value.is_object() || value == true;
    case FieldType::kTextOrTexts:
      return value.is_string() || all_texts(value);
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
    case FieldType::kObjectOrTrue:
      return "an object, or true";
    case FieldType::kTextOrTexts:
      return "a string or a list of strings";
  }
  return "";
}

Refusal unknown_field(const std::string& path, const std::string& name, std::span<const Field> fields) {
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  const auto meant = nearest(name, names);
  return refuse_field(path, "unknown field" + (meant ? "; " + *meant + " is known" : std::string()));
}

}  // namespace

Refusal refuse_field(std::string_view field, std::string_view why) {
  return {.code = code::kParameter, .message = fmt::format("{}: {}", field, why)};
}

std::optional<Refusal> check_fields(const Json& object, std::span<const Field> fields, std::string_view where) {
  for (const auto& [name, value] : object.items()) {
    const std::string path = std::string(where) + name;
    const auto field = std::ranges::find(fields, name, &Field::name);
    if (field == fields.end()) return unknown_field(path, name, fields);
    if (!fits(value, field->type)) return refuse_field(path, fmt::format("must be {}", name_of_type(field->type)));
  }
  for (const Field& field : fields) {
    if (field.required && !object.contains(field.name)) {
      return refuse_field(std::string(where) + std::string(field.name), "is missing");
    }
  }
  return std::nullopt;
}

}  // namespace tokprep::sandbox
