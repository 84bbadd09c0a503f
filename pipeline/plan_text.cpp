#include <fmt/format.h>

#include <string>

#include "base/json.h"
#include "base/units.h"
#include "pipeline/plan.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

Json image_json(const Plan& plan) {
  Json json = {{"image", plan.image_action}};
  if (plan.image_action == StreamAction::kEncode) {
    json["recipe"] = plan.image;
    json["recipe"].erase("input");
    json["recipe"].erase("output");
  }
  return json;
}

Json video_json(const Plan& plan) {
  Json json = {{"container", plan.container},    {"video", plan.video.action},
               {"audio", plan.audio.action},     {"start_us", plan.start_us},
               {"end_us", plan.end_us},          {"hold_to_us", plan.hold_to_us},
               {"loop_to_us", plan.loop_to_us},  {"output_duration_us", plan.output_duration_us},
               {"cover_at_us", plan.cover_at_us}};
  if (plan.cover_auto) json["cover"] = "auto";
  for (const TimePart& part : plan.parts) {
    json["parts"].push_back({{"start_us", part.start_us}, {"end_us", part.end_us}});
  }
  if (plan.video.action == StreamAction::kEncode) json["video_recipe"] = plan.video;
  if (plan.audio.action == StreamAction::kEncode) json["audio_recipe"] = plan.audio;
  return json;
}

std::string head_of_image(const Plan& plan) {
  const bool jpeg = plan.image.format == ImageFormat::kJpeg;
  if (plan.image_action == StreamAction::kEncode) return jpeg ? "encoded as JPEG" : "encoded as WebP";
  return plan.reasons.empty() ? "kept as it is" : "picture kept";
}

std::string head_of_video(const Plan& plan) {
  if (plan.container == ContainerAction::kKeep) return "kept as it is";
  if (plan.video.action == StreamAction::kCopy) return "remuxed to MP4";
  return fmt::format("encoded to H.264 {} at {} fps", to_text(plan.video.canvas),
                     format_number(plan.video.frame_rate.value()));
}

}  // namespace

void to_json(nlohmann::json& json, const Plan& plan) {
  json = without_nulls(plan.kind == MediaKind::kVideo ? video_json(plan) : image_json(plan));
  json["reasons"] = plan.reasons;
  json["notes"] = plan.notes;
  json["extension"] = plan.extension;
  json["mime"] = plan.mime;
}

Verdict verdict(const Result<Plan>& plan) {
  if (!plan) return Verdict::kRefused;
  const bool kept = plan->kind == MediaKind::kVideo ? plan->container == ContainerAction::kKeep
                                                    : plan->image_action == StreamAction::kCopy;
  return kept && plan->reasons.empty() ? Verdict::kCompliant : Verdict::kFixable;
}

std::string summary(const Plan& plan) {
  const std::string head = plan.kind == MediaKind::kVideo ? head_of_video(plan) : head_of_image(plan);
  return plan.notes.empty() ? head : fmt::format("{}; {}", head, fmt::join(plan.notes, "; "));
}

}  // namespace tokprep
