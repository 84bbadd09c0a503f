#include "pipeline/event.h"

#include <cmath>

namespace tokprep {
namespace {

Json head(std::string_view type, const std::string& item) {
  Json line = {{"v", 1}, {"type", std::string(type)}};
  if (!item.empty()) line["item"] = item;
  return line;
}

Json outputs_json(const std::vector<OutputFile>& outputs) {
  Json list = Json::array();
  for (const OutputFile& output : outputs) {
    list.push_back(
        {{"role", output.role}, {"path", output.path}, {"mime", output.mime}, {"size_bytes", output.size_bytes}});
  }
  return list;
}

/// `url` is null while it is unknown: readers can count on the field.
Json post_json(const PostOutcome& post) {
  Json json = {{"id", post.id}, {"status", post.status}, {"url", post.url}};
  if (post.schedule_date) json["schedule_date"] = *post.schedule_date;
  return json;
}

Json line_of(const ItemStarted& event) {
  Json line = head("item_started", event.item);
  line["kind"] = event.kind;
  return line;
}

Json line_of(const ItemProgress& event) {
  Json line = head("progress", event.item);
  line["stage"] = event.stage;
  line["done"] = std::round(event.done * 1e4) / 1e4;
  return line;
}

Json line_of(const ItemNote& event) {
  Json line = head("note", event.item);
  line["message"] = event.message;
  return line;
}

Json line_of(const ItemDone& event) {
  Json line = head("item_done", event.item);
  line["kind"] = event.kind;
  line["outputs"] = outputs_json(event.outputs);
  line["findings"] = event.findings;
  if (event.dry_run) line["dry_run"] = true;
  if (!event.plan.is_null()) line["plan"] = event.plan;
  if (!event.urls.empty()) line["urls"] = event.urls;
  if (event.post) line["post"] = post_json(*event.post);
  if (!event.request.is_null()) line["request"] = event.request;
  if (!event.images.is_null()) line["images"] = event.images;
  if (!event.summary.empty()) line["summary"] = event.summary;
  return line;
}

Json line_of(const ItemSkipped& event) {
  Json line = head("item_skipped", event.item);
  line["kind"] = event.kind;
  line["reason"] = event.reason;
  line["outputs"] = outputs_json(event.outputs);
  if (event.post) line["post"] = post_json(*event.post);
  return line;
}

Json line_of(const ItemFailed& event) {
  Json line = head("item_failed", event.item);
  line["error"] = event.error;
  if (!event.findings.empty()) line["findings"] = event.findings;
  if (!event.images.is_null()) line["images"] = event.images;
  return line;
}

Json line_of(const Probed& event) {
  Json line = head("probe", event.item);
  line.update(event.line);
  return line;
}

Json line_of(const PostStatus& event) {
  Json line = head("status", event.item);
  line["post"] = post_json(event.post);
  if (event.error) line["error"] = *event.error;
  return line;
}

Json line_of(const Summary& event) {
  return {{"v", 1},
          {"type", "summary"},
          {"items", event.items},
          {"done", event.done},
          {"failed", event.failed},
          {"skipped", event.skipped},
          {"exit_code", event.exit_code}};
}

}  // namespace

Json to_json_line(const Event& event) {
  return std::visit([](const auto& one) { return line_of(one); }, event);
}

}  // namespace tokprep
