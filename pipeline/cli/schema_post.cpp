#include <algorithm>
#include <string>
#include <utility>

#include "pipeline/cli/manifest_keys.h"
#include "pipeline/cli/post_settings.h"
#include "pipeline/cli/schema.h"
#include "pipeline/cli/schema_parts.h"

namespace tokprep::cli {
namespace {

using namespace schema;
using Use = ManifestKey::Use;

/// The members that stand in one object of the body.
Json fields_in(FieldPlace place) {
  Json properties = Json::object();
  for (const PostField& field : kPostFields) {
    if (field.place == place) properties[std::string(field.name)] = value_of_field(field);
  }
  return properties;
}

Json fields_object(FieldPlace place) { return object(fields_in(place), {}, true); }

/// The words of "jpeg|webp"; none for a value that is free, such as "off|LUFS".
Json words_of(std::string_view value) {
  Json words = Json::array();
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find('|', at), value.size());
    const std::string_view word = value.substr(at, end - at);
    const bool is_word = !word.empty() && std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
    if (!is_word) return Json::array();
    words.push_back(std::string(word));
    at = end + 1;
  }
  return words;
}

/// A setting as tokprep.toml and a manifest take it: a switch, one of some words, or a text or number of its own form.
Json setting(std::string_view value, std::string_view help) {
  Json schema;
  if (value.empty()) schema = {{"enum", Json::array({true, false, "true", "false", nullptr})}};
  else if (Json words = words_of(value); !words.empty()) {
    words.push_back(nullptr);
    schema = {{"enum", std::move(words)}};
  } else {
    schema = {{"type", Json::array({"string", "number", "null"})}};
  }
  schema["description"] = std::string(help);
  return schema;
}

Json text_setting(std::string_view help) {
  return {{"type", Json::array({"string", "null"})}, {"description", std::string(help)}};
}

Json media() {
  const Json path = {{"type", "string"}, {"minLength", 1}};
  Json paths = list_of(path);
  paths["minItems"] = 1;
  Json schema = any_of(Json::array({path, std::move(paths)}));
  schema["description"] = "a video or an image, or the images of a photo post in order; from the manifest's folder";
  return schema;
}

Json post_setting(const PostField& field) {
  const std::string value = value_of(field);
  const bool is_text = value == "TEXT" || value == "TIME";
  return is_text ? text_setting(help_of(field)) : setting(value, help_of(field));
}

Json key_schema(const ManifestKey& key) {
  switch (key.use) {
    case Use::kMedia:
      return media();
    case Use::kCover:
      return text_setting("the cover image of a video; from the manifest's folder");
    case Use::kOutput:
      return text_setting("where the results go below the output folder, without an extension: 2026/beach");
    case Use::kConvert:
      return setting(key.convert->value, key.convert->help);
    case Use::kPost:
      return post_setting(*key.post);
    case Use::kValidate:
      return setting("", kValidateHelp);
    case Use::kObject:
      break;
  }
  return nullable(fields_object(*enum_from<FieldPlace>(key.name)));
}

}  // namespace

Json post_schema() {
  Json properties = fields_in(FieldPlace::kBody);
  properties["disableComments"] = of_type("boolean");  // the service takes it here as well
  for (const FieldPlace place : {FieldPlace::kTikTokOptions, FieldPlace::kFirstComment}) {
    properties[std::string(name_of(place))] = fields_object(place);
  }
  return document("post", "The options of a post, NAME.post.json", object(std::move(properties), {}, true));
}

Json manifest_schema() {
  Json properties = Json::object();
  for (const ManifestKey& key : manifest_keys()) properties[key.name] = key_schema(key);
  return document("manifest", "One line of a manifest", object(std::move(properties), {"media"}, true));
}

}  // namespace tokprep::cli
