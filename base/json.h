#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/enum_names.h"
#include "base/result.h"

/// Named enumerations travel as their names; a name nobody knows is an error.
template <tokprep::NamedEnum E>
struct nlohmann::adl_serializer<E, void> {
  static void to_json(json& json, E value) { json = std::string(tokprep::name_of(value)); }
  static void from_json(const json& json, E& value) {
    const auto name = json.get<std::string>();
    const auto known = tokprep::enum_from<E>(name);
    if (!known) throw std::invalid_argument("unknown value '" + name + "'");
    value = *known;
  }
};

/// Optional fields: null (or absent, through the WITH_DEFAULT macros) is "unknown".
template <class T>
struct nlohmann::adl_serializer<std::optional<T>> {
  static void to_json(json& json, const std::optional<T>& value) {
    if (value) json = *value;
    else json = nullptr;
  }
  static void from_json(const json& json, std::optional<T>& value) {
    if (json.is_null()) value.reset();
    else value = json.get<T>();
  }
};

namespace tokprep {

using Json = nlohmann::json;

/// Parses one document. `what` names it in the error, e.g. "beach.post.json".
/// Error: kInvalidArgument with the line and column of the first fault.
Result<Json> parse_json(std::string_view text, std::string_view what);

/// One line of UTF-8 without a newline. A text that is no UTF-8, such as the path of a file with an old name, is
/// written as `text_of_name` does, so that different ones stay different; never an exception.
std::string to_line(const Json& json);

/// The same over several lines, indented by two spaces.
std::string to_pretty_text(const Json& json);

/// For a pipe between our own programs: every text comes out of `from_wire` byte by byte as it went in.
std::string to_wire(const Json& json);
Result<Json> from_wire(std::string_view line, std::string_view what);

/// Drops members that are null, deep: unknown facts are left out of what we print.
Json without_nulls(Json json);

/// A document as a plain struct. Error: kInvalidArgument naming the field that does not fit.
template <class T>
Result<T> parse_as(const Json& json, std::string_view what) {
  try {
    return json.get<T>();
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalidArgument, std::string(what) + ": " + error.what());
  }
}

}  // namespace tokprep

/// Defines `to_json` and `from_json` of a plain struct, declared in its header, from its member names.
/// A member that is missing in the document keeps its default.
#define TOKPREP_JSON(Type, ...)                                                             \
  void to_json(nlohmann::json& nlohmann_json_j, const Type& nlohmann_json_t) {              \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_TO, __VA_ARGS__))                \
  }                                                                                         \
  void from_json(const nlohmann::json& nlohmann_json_j, Type& nlohmann_json_t) {            \
    const Type nlohmann_json_default_obj{};                                                 \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_FROM_WITH_DEFAULT, __VA_ARGS__)) \
  }
