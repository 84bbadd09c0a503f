#include <string>
#include <utility>
#include <vector>

#include "codecs/media_info.h"
#include "pipeline/cli/schema.h"
#include "pipeline/cli/schema_parts.h"
#include "pipeline/plan.h"
#include "upload/ayrshare/post_record.h"

namespace tokprep::cli {
namespace {

using namespace schema;

/// One type of line; `v` and `type` are on every one of them.
Json line(std::string_view type, Json properties, std::vector<std::string> required) {
  properties["v"] = constant(1);
  properties["type"] = constant(std::string(type));
  required.insert(required.end(), {"v", "type"});
  return object(std::move(properties), required);
}

Json item() { return of_type("string", "the path of its file or folder"); }

Json post() {
  return object({{"id", of_type("string")},
                 {"status", names<PostState>()},
                 {"url", nullable(of_type("string"))},
                 {"schedule_date", of_type("string")}},
                {"id", "status", "url"});
}

/// The verdict on one image of a photo post.
Json image() {
  return object({{"image", of_type("string")},
                 {"findings", list_of(finding())},
                 {"verdict", names<Verdict>()},
                 {"plan", plan()},
                 {"summary", of_type("string")},
                 {"error", error()}},
                {"image", "findings", "verdict"});
}

Json done() {
  return line("item_done",
              {{"item", item()},
               {"kind", names<MediaKind>()},
               {"outputs", list_of(file(false))},
               {"findings", list_of(finding())},
               {"dry_run", constant(true)},
               {"plan", plan()},
               {"urls", list_of(of_type("string"))},
               {"post", post()},
               {"request", of_type("object", "--dry-run of a post: what would be sent")},
               {"images", list_of(image())},
               {"summary", of_type("string")}},
              {"item", "kind", "outputs", "findings"});
}

Json skipped() {
  return line("item_skipped",
              {{"item", item()},
               {"kind", names<MediaKind>()},
               {"reason", of_type("string")},
               {"outputs", list_of(file(false))},
               {"post", post()}},
              {"item", "kind", "reason", "outputs"});
}

Json failed() {
  return line("item_failed",
              {{"item", item()}, {"error", error()}, {"findings", list_of(finding())}, {"images", list_of(image())}},
              {"item", "error"});
}

Json probe() {
  return line("probe",
              {{"item", item()},
               {"kind", names<MediaKind>()},
               {"facts", of_type("object")},
               {"findings", list_of(finding())},
               {"plan", plan()},
               {"verdict", names<Verdict>()},
               {"summary", of_type("string")},
               {"error", error()}},
              {"item", "kind", "facts", "findings", "verdict"});
}

Json summary() {
  Json properties = Json::object();
  std::vector<std::string> required = {"items", "done", "failed", "skipped", "exit_code"};
  for (const std::string& name : required) properties[name] = {{"type", "integer"}, {"minimum", 0}};
  return line("summary", std::move(properties), std::move(required));
}

}  // namespace

Json events_schema() {
  const Json share = {{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
  return document(
      "events", "One line of --json",
      {{"oneOf",
        {line("item_started", {{"item", item()}, {"kind", names<MediaKind>()}}, {"item", "kind"}),
         line("progress", {{"item", item()}, {"stage", of_type("string")}, {"done", share}}, {"item", "stage", "done"}),
         line("note", {{"item", item()}, {"message", of_type("string")}}, {"message"}), done(), skipped(), failed(),
         probe(), line("status", {{"item", item()}, {"post", post()}, {"error", error()}}, {"post"}),
         line("error", {{"error", error()}}, {"error"}), summary()}}});
}

}  // namespace tokprep::cli
