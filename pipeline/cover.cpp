#include "pipeline/cover.h"

#include <algorithm>
#include <cmath>

#include "pipeline/colour.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

int even(double side_px) { return std::max(2, static_cast<int>(std::lround(side_px / 2)) * 2); }

/// The permitted box in which the frame comes out largest.
Size best_box(Size frame, const Rules& rules) {
  Size best{};
  double best_scale = 0;
  for (const std::string& word : rules.words("cover.box_max")) {
    const auto box = parse_box(word);
    if (!box) continue;
    const double scale = std::min(box->width_px / static_cast<double>(frame.width_px),
                                  box->height_px / static_cast<double>(frame.height_px));
    if (scale > best_scale) {
      best_scale = scale;
      best = *box;
    }
  }
  return best;
}

}  // namespace

Size cover_size(Size frame, const Rules& rules) {
  const Size box = best_box(frame, rules);
  const auto least = parse_box(rules.words("cover.box_min").front()).value_or(Size{1, 1});
  const double width = frame.width_px;
  const double height = frame.height_px;
  const double largest = std::min(box.width_px / width, box.height_px / height);
  const double needed = std::max(least.width_px / width, least.height_px / height);
  const double scale = std::min(std::max(needed, std::min(1.0, largest)), largest);
  return {std::min(even(width * scale), box.width_px), std::min(even(height * scale), box.height_px)};
}

ThumbnailJob thumbnail_job(const std::string& input, const MediaInfo& info, const Rules& rules, std::int64_t at_us) {
  const VideoStreamInfo& stream = *info.chosen_video_stream();
  ThumbnailJob job;
  job.input = input;
  job.stream_index = stream.index;
  job.deinterlace = stream.field_order == FieldOrder::kTopFirst || stream.field_order == FieldOrder::kBottomFirst;
  job.rotation_deg = stream.rotation_deg;
  job.mirror = stream.mirrored;
  job.hdr = stream.hdr;
  job.colour = filled_colour(stream);
  job.picture = cover_size({stream.width_px, stream.height_px}, rules);
  job.start_us = info.start_us.value_or(0);
  job.at_us = at_us;
  job.duration_us = info.duration_us;
  return job;
}

CoverSearchJob cover_search_job(const std::string& input, const MediaInfo& info) {
  const VideoStreamInfo& stream = *info.chosen_video_stream();
  CoverSearchJob job;
  job.input = input;
  job.stream_index = stream.index;
  job.start_us = info.start_us.value_or(0);
  job.duration_us = info.duration_us.value_or(0);
  job.colour = filled_colour(stream);
  job.hdr = stream.hdr;
  return job;
}

}  // namespace tokprep
