#include "pipeline/cli/schema_parts.h"

#include <limits>
#include <type_traits>
#include <utility>

#include "pipeline/cli/schema_values.h"
#include "pipeline/plan.h"
#include "pipeline/rules/rules.h"

namespace tokprep::cli::schema {
namespace {

Json error_codes() {
  Json codes = Json::array();
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    codes.push_back(std::string(to_string(static_cast<ErrorCode>(code))));
  }
  return {{"type", "string"}, {"enum", std::move(codes)}};
}

Json rule_id() { return of_type("string", "id of a rule: tokprep rules ID"); }

}  // namespace

Json of_type(std::string_view type, std::string_view description) {
  Json schema = {{"type", std::string(type)}};
  if (!description.empty()) schema["description"] = std::string(description);
  return schema;
}

Json nullable(Json schema) { return any_of(Json::array({std::move(schema), of_type("null")})); }

Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

Json constant(const Json& value) { return {{"const", value}}; }

Json any_of(Json schemas) { return {{"anyOf", std::move(schemas)}}; }

Json object(Json properties, const std::vector<std::string>& required, bool closed) {
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = required;
  if (closed) schema["additionalProperties"] = false;
  return schema;
}

Json like(const Json& example) {
  if (example.is_null()) return Json::object();
  if (example.is_string()) return of_type("string");
  if (example.is_boolean()) return of_type("boolean");
  if (example.is_number_float()) return of_type("number");
  if (example.is_number()) return of_type("integer");
  if (example.is_array()) return example.empty() ? of_type("array") : list_of(like(example.front()));
  Json properties = Json::object();
  for (const auto& [name, value] : example.items()) properties[name] = like(value);
  return object(std::move(properties));
}

Json value_of_field(const PostField& field) {
  return std::visit(
      [&](auto member) -> Json {
        using T = typename std::remove_reference_t<decltype(std::declval<PostOptions&>().*member)>::value_type;
        if constexpr (std::is_same_v<T, bool>) return of_type("boolean");
        else if constexpr (std::is_same_v<T, Visibility>) return names<Visibility>();
        else if constexpr (std::is_integral_v<T>) {
          return {{"type", "integer"}, {"minimum", 0}, {"maximum", std::numeric_limits<T>::max()}};
        } else if (field.name == "scheduleDate") {
          Json date = zoned_date();
          date["description"] = "ISO 8601 with a zone";
          return date;
        } else return of_type("string");
      },
      field.member);
}

Json document(std::string_view name, std::string_view title, Json body) {
  body["$schema"] = "http://json-schema.org/draft-07/schema#";
  body["$id"] = "urn:tokprep:schema:" + std::string(name) + ":1";
  body["title"] = std::string(title);
  return body;
}

Json scalar() { return any_of(Json::array({of_type("number"), of_type("string"), of_type("null")})); }

Json finding() {
  return object({{"rule", rule_id()},
                 {"severity", names<Severity>()},
                 {"measured", scalar()},
                 {"limit", scalar()},
                 {"unit", of_type("string")},
                 {"message", of_type("string")},
                 {"fixable", of_type("boolean")},
                 {"fix", of_type("string")},
                 {"fixed", of_type("boolean")}},
                {"rule", "severity", "measured", "limit", "message", "fixable", "fix", "fixed"});
}

Json error() {
  return object({{"code", error_codes()},
                 {"message", of_type("string")},
                 {"transient", of_type("boolean", "the same call may work later")},
                 {"native", of_type("integer", "errno, HTTP status, or the code of a library or the service")},
                 {"context", list_of(of_type("string"))},
                 {"file", of_type("string")},
                 {"rule", rule_id()},
                 {"measured", scalar()},
                 {"limit", scalar()},
                 {"unit", of_type("string")},
                 {"fix", of_type("string", "what to do")},
                 {"signal", of_type("integer", "that ended a worker")},
                 {"stage", of_type("string", "what a lost worker was at")},
                 {"stage_done", of_type("number", "how far that was, 0 to 1")}},
                {"code", "message", "transient"});
}

Json plan() {
  const Json time = of_type("integer", "microseconds");
  Json properties = {{"container", names<ContainerAction>()},
                     {"video", names<StreamAction>()},
                     {"audio", names<StreamAction>()},
                     {"image", names<StreamAction>()},
                     {"images", list_of(of_type("object", "of a photo post: the plan of each"))},
                     {"reasons", list_of(of_type("string"))},
                     {"notes", list_of(of_type("string"))},
                     {"cover", constant("auto")},
                     {"parts", list_of(object({{"start_us", time}, {"end_us", time}}, {"start_us", "end_us"}))},
                     {"extension", of_type("string")},
                     {"mime", of_type("string")},
                     {"recipe", of_type("object")},
                     {"video_recipe", of_type("object")},
                     {"audio_recipe", of_type("object")}};
  for (const char* name : {"start_us", "end_us", "hold_to_us", "loop_to_us", "output_duration_us", "cover_at_us"}) {
    properties[name] = time;
  }
  return object(std::move(properties), {"reasons"});
}

Json file(bool with_digest) {
  Json properties = {{"role", {{"type", "string"}, {"enum", {"media", "cover"}}}},
                     {"path", of_type("string")},
                     {"mime", of_type("string")},
                     {"size_bytes", {{"type", "integer"}, {"minimum", 0}}}};
  std::vector<std::string> required = {"role", "path", "mime", "size_bytes"};
  if (with_digest) {
    properties["sha256"] = {{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}};
    properties["modified_ns"] = of_type("integer", "when it was last written to, nanoseconds since 1970");
    required.insert(required.end(), {"sha256", "modified_ns"});
  }
  return object(std::move(properties), required);
}

}  // namespace tokprep::cli::schema
