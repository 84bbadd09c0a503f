#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/photo_canvas.h"
#include "pipeline/plan_parts.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

int jpeg_quality(Quality quality) {
  switch (quality) {
    case Quality::kSmall:
      return 85;
    case Quality::kBest:
      return 95;
    case Quality::kStandard:
      break;
  }
  return 90;
}

/// How much of a picture's size a box leaves; 1 where it fits.
double scale_into(Size picture, Size box) {
  return std::min({1.0, static_cast<double>(box.width_px) / picture.width_px,
                   static_cast<double>(box.height_px) / picture.height_px});
}

/// Of the permitted boxes the one that shows the picture largest; of equals the smallest.
Size best_box(Size picture, const std::vector<std::string>& words) {
  Size best;
  double best_scale = 0;
  for (const std::string& word : words) {
    const auto box = parse_box(word);
    if (!box) continue;
    const double scale = scale_into(picture, *box);
    const bool smaller = std::int64_t{box->width_px} * box->height_px < std::int64_t{best.width_px} * best.height_px;
    if (scale > best_scale || (scale == best_scale && smaller)) {
      best = *box;
      best_scale = scale;
    }
  }
  return best;
}

/// The user's box, turned as the picture lies, can only make the permitted one smaller.
Size narrowed(Size box, Size picture, const std::optional<Size>& wanted) {
  if (!wanted) return box;
  const auto [shorter, longer] = std::minmax(wanted->width_px, wanted->height_px);
  const bool landscape = picture.width_px > picture.height_px;
  return {std::min(box.width_px, landscape ? longer : shorter), std::min(box.height_px, landscape ? shorter : longer)};
}

void set_output(Plan& plan, ImageFormat format) {
  plan.extension = format == ImageFormat::kJpeg ? "jpg" : "webp";
  plan.mime = format == ImageFormat::kJpeg ? "image/jpeg" : "image/webp";
}

/// The coded picture stays: all that may be wrong is metadata, and only JPEG's can be taken out around it.
bool can_copy(const MediaInfo& info, const ImageJob& job, const std::vector<std::string>& reasons) {
  if (info.container.format != name_of(job.format) || info.size_bytes > job.max_bytes) return false;
  const Size size{info.image->width_px, info.image->height_px};
  if (job.canvas ? size != *job.canvas : !fits_inside(size, job.max_size)) return false;
  const bool strips = job.format == ImageFormat::kJpeg;
  return std::ranges::all_of(reasons, [&](const std::string& id) { return strips && id == "metadata.private"; });
}

void note_if(bool applies, std::string note, Plan& plan) {
  if (applies) plan.notes.push_back(std::move(note));
}

/// "padded from 640x480 to 1080x1920".
std::string canvas_note(Size size, const ImageJob& job) {
  const std::string_view how = size == *job.canvas ? "kept at" : job.fit == Fit::kCrop ? "cut" : "padded";
  if (size == *job.canvas) return fmt::format("{} {}", how, to_text(size));
  const std::string_view with = job.fit == Fit::kBlur ? ", with itself blurred behind" : "";
  return fmt::format("{} from {} to {}{}", how, to_text(size), to_text(*job.canvas), with);
}

void add_notes(const ImageInfo& image, const std::string& format, Plan& plan) {
  const Size size{image.width_px, image.height_px};
  const bool placed = plan.image.canvas.has_value();
  const std::string_view target = plan.image.format == ImageFormat::kJpeg ? "JPEG" : "WebP";
  const bool encodes = plan.image_action == StreamAction::kEncode;
  const bool enlarges = size.width_px < plan.image.min_size.width_px || size.height_px < plan.image.min_size.height_px;
  note_if(encodes && format != name_of(plan.image.format), fmt::format("{} converted to {}", format, target), plan);
  if (encodes && placed) plan.notes.push_back(canvas_note(size, plan.image));
  note_if(encodes && !placed && !fits_inside(size, plan.image.max_size),
          fmt::format("scaled from {} into {}", to_text(size), to_text(plan.image.max_size)), plan);
  note_if(encodes && enlarges,
          fmt::format("enlarged from {} to at least {}", to_text(size), to_text(plan.image.min_size)), plan);
  note_if(contains(plan.reasons, "image.upright"), "turned upright", plan);
  note_if(contains(plan.reasons, "image.opaque"), "transparency put on the background colour", plan);
  note_if(contains(plan.reasons, "image.single_frame"),
          fmt::format("only the first of {} pictures is used", image.pages), plan);
  note_if(contains(plan.reasons, "image.sdr"), "HDR tone-mapped to SDR", plan);
  note_if(contains(plan.reasons, "image.colour"), "colours converted to sRGB", plan);
  note_if(contains(plan.reasons, "metadata.private"), "private metadata removed", plan);
}

/// What images and covers share, once format and box are chosen.
Plan finished(const MediaInfo& info, const std::vector<Finding>& findings, ImageJob job, const Rules& rules,
              const ConvertOptions& options) {
  Plan plan;
  plan.kind = MediaKind::kImage;
  plan.reasons = forcing_rules(findings, options);
  plan.image = std::move(job);
  plan.image.background = options.background;
  plan.image.keep_metadata = options.keep_metadata;
  plan.image.quality = jpeg_quality(options.quality);
  plan.image.limits = still_limits(rules);
  plan.image.copy = can_copy(info, plan.image, plan.reasons);
  plan.image_action = plan.image.copy ? StreamAction::kCopy : StreamAction::kEncode;
  set_output(plan, plan.image.format);
  add_notes(*info.image, info.container.format, plan);
  return plan;
}

}  // namespace

Result<Plan> plan_image(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                        const ConvertOptions& options) {
  TOKPREP_TRY(require_picture(info));
  TOKPREP_TRY(require_fixable(findings));
  const Size size{info.image->width_px, info.image->height_px};
  ImageJob job;
  job.format = options.image_format;
  job.max_size = narrowed(best_box(size, rules.words("image.box")), size, options.max_size);
  job.max_bytes = static_cast<std::uint64_t>(rules.number("image.size_max"));
  if (options.max_bytes) job.max_bytes = std::min(job.max_bytes, *options.max_bytes);
  if (wants_canvas(options)) {
    TOKPREP_ASSIGN(const Size canvas, photo_canvas({size}, rules, options));
    TOKPREP_ASSIGN(job.fit, photo_fit(size, canvas, options.fit));
    job.canvas = canvas;
    job.pad_color = options.pad_color;
  }
  return finished(info, findings, std::move(job), rules, options);
}

Result<Plan> plan_cover(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                        const ConvertOptions& options) {
  TOKPREP_TRY(require_picture(info));
  TOKPREP_TRY(require_fixable(findings));
  const Size size{info.image->width_px, info.image->height_px};
  ImageJob job;
  job.max_size = best_box(size, rules.words("cover.box_max"));
  job.min_size = best_box(size, rules.words("cover.box_min"));
  job.max_bytes = static_cast<std::uint64_t>(rules.number("cover.size_max"));
  return finished(info, findings, std::move(job), rules, options);
}

}  // namespace tokprep
