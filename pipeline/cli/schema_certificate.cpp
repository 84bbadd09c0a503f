#include <utility>

#include "codecs/jobs.h"
#include "codecs/media_info.h"
#include "pipeline/cli/schema.h"
#include "pipeline/cli/schema_parts.h"
#include "pipeline/source_mark.h"

namespace tokprep::cli {
namespace {

using namespace schema;

/// One of everything that can be told of a file, so that its JSON form has every name there is.
MediaInfo whole_example() {
  MediaInfo info;
  info.video.emplace_back();
  info.audio.emplace_back();
  info.other.emplace_back();
  info.image.emplace();
  info.private_metadata.emplace_back();
  return info;
}

Json facts() {
  Json schema = like(Json(whole_example()));
  schema["required"] = {"kind", "size_bytes"};
  return schema;
}

/// What belongs to one output each: an object, or a list of them where a video was split.
Json one_or_list(const Json& schema) { return any_of(Json::array({schema, list_of(schema)})); }

Json verdicts() {
  return {{"type", "object"},
          {"description", "by the id of the rule"},
          {"additionalProperties", {{"type", "string"}, {"enum", {"pass", "fail"}}}}};
}

Json source() {
  Json schema = like(Json(SourceMark{}));
  schema["required"] = {"path", "size_bytes", "modified_ns", "changed_ns", "read_ns", "sha256"};
  schema["properties"]["sha256"] = {{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}};
  return schema;
}

/// Numbers; a fact that is not known is left out.
template <class T>
Json measures() {
  Json properties = Json::object();
  const Json example = T{};  // has to outlive the loop
  for (const auto& [name, value] : example.items()) properties[name] = of_type("number");
  return object(std::move(properties));
}

Json asset() {
  return object({{"source", source()},
                 {"facts_before", facts()},
                 {"rules_before", verdicts()},
                 {"findings", list_of(finding())},
                 {"plan", plan()},
                 {"notes", list_of(of_type("string"))},
                 {"facts_after", one_or_list(facts())},
                 {"rules_after", one_or_list(verdicts())},
                 {"likeness", one_or_list(measures<Likeness>())},
                 {"sound", one_or_list(measures<SoundMeasure>())}},
                {"source", "facts_before", "rules_before", "findings", "plan", "notes", "facts_after", "rules_after"});
}

}  // namespace

Json certificate_schema() {
  return document("certificate", "What was done to an item and how it was judged, NAME.tokprep.json",
                  object({{"v", constant(1)},
                          {"tokprep", of_type("string", "the version that made it")},
                          {"rules_version", of_type("string", "date of the newest reading among the rules")},
                          {"made", of_type("string", "ISO 8601, UTC")},
                          {"item", of_type("string")},
                          {"kind", names<MediaKind>()},
                          {"settings", of_type("string", "digest of all that decides the outputs but the sources")},
                          {"assets", list_of(asset())},
                          {"outputs", list_of(file(true))},
                          {"duration_us", nullable(of_type("integer"))},
                          {"plan", plan()},
                          {"summary", of_type("string")}},
                         {"v", "tokprep", "rules_version", "made", "item", "kind", "settings", "assets", "outputs",
                          "duration_us", "plan", "summary"}));
}

}  // namespace tokprep::cli
