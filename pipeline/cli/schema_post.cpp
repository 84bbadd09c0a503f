#include <string>
#include <utility>

#include "pipeline/cli/manifest_keys.h"
#include "pipeline/cli/post_settings.h"
#include "pipeline/cli/schema.h"
#include "pipeline/cli/schema_parts.h"
#include "pipeline/cli/schema_values.h"

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

/// With null, which is the same as leaving the key out.
Json described(Json schema, std::string_view help) {
  Json both = nullable(std::move(schema));
  both["description"] = std::string(help);
  return both;
}

Json media() {
  Json paths = list_of(local_path());
  paths["minItems"] = 1;
  Json schema = any_of(Json::array({local_path(), std::move(paths)}));
  schema["description"] = "a video or an image, or the images of a photo post in order; from the manifest's folder";
  return schema;
}

Json key_schema(const ManifestKey& key) {
  switch (key.use) {
    case Use::kMedia:
      return media();
    case Use::kCover:
      return described(local_path(), "the cover image of a video; from the manifest's folder");
    case Use::kOutput:
      return described(output_name(), "where the results go below the output folder, without an extension: 2026/beach");
    case Use::kConvert:
      return value_of_setting(*key.convert);
    case Use::kPost:
      return value_of_setting(*key.post);
    case Use::kValidate:
      return described({{"enum", Json::array({true, false, "true", "false"})}}, kValidateHelp);
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
