#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "upload/ayrshare/post_fields.h"
#include "upload/ayrshare/post_options.h"

namespace tokprep {
namespace {

Error breach(std::string rule, std::string message, std::int64_t measured, std::int64_t limit, std::string unit,
             std::string fix) {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = std::move(message);
  error.rule = std::move(rule);
  error.measured = measured;
  error.limit = limit;
  error.unit = std::move(unit);
  error.fix = std::move(fix);
  return error;
}

Error misuse(std::string message, std::string fix) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = std::move(message);
  error.fix = std::move(fix);
  return error;
}

Status check_text(const std::optional<std::string>& text, std::string_view name, std::size_t utf16_max) {
  if (!text) return {};
  if (!is_utf8(*text)) return fail(misuse(fmt::format("the {} is not UTF-8", name), "save it as UTF-8"));
  const std::size_t length = utf16_length(*text);
  if (length <= utf16_max) return {};
  const std::size_t excess = length - utf16_max;
  return fail(breach(fmt::format("post.{}_max", name),
                     fmt::format("the {} has {} UTF-16 units (an emoji counts two or more); at most {} are taken", name,
                                 length, utf16_max),
                     static_cast<std::int64_t>(length), static_cast<std::int64_t>(utf16_max), "utf16_units",
                     fmt::format("shorten the {} by {}", name, excess)));
}

/// Texts without a limit of their own: they travel in the same JSON.
Status check_utf8(const PostOptions& options) {
  for (const PostField& field : kPostFields) {
    const auto* member = std::get_if<OptionMember<std::string>>(&field.member);
    if (member == nullptr || !(options.**member) || is_utf8(*(options.**member))) continue;
    return fail(misuse(fmt::format("'{}' is not UTF-8", field.name), "save it as UTF-8"));
  }
  return {};
}

Status check_applicable(const PostOptions& options, bool is_video) {
  for (const PostField& field : kPostFields) {
    const AppliesTo wrong = is_video ? AppliesTo::kImages : AppliesTo::kVideos;
    const bool is_set = std::visit([&](auto member) { return (options.*member).has_value(); }, field.member);
    if (!is_set || field.applies_to != wrong) continue;
    return fail(misuse(fmt::format("{} ({}) is for {} only, and this post is {}", field.flag, field.name,
                                   is_video ? "images" : "videos", is_video ? "a video" : "made of images"),
                       fmt::format("leave out {}", field.flag)));
  }
  return {};
}

Status check_images(const PostOptions& options, int count, int images_max) {
  if (count > images_max) {
    return fail(breach("post.images_max", fmt::format("{} images; one post takes at most {}", count, images_max), count,
                       images_max, "images", "--too-many split makes several posts of them"));
  }
  const auto& cover = options.image_cover_index;
  if (!cover || (*cover >= 0 && *cover < count)) return {};
  Error error =
      misuse(fmt::format("--image-cover-index {} is outside the {} images, which count from 0", *cover, count),
             fmt::format("--image-cover-index {}", count > 0 ? count - 1 : 0));
  error.measured = static_cast<std::int64_t>(*cover);
  error.limit = static_cast<std::int64_t>(count - 1);
  return fail(std::move(error));
}

Status check_offset(const PostOptions& options, const PostSubject& subject) {
  const auto& offset_ms = options.thumbnail_offset_ms;
  if (!offset_ms) return {};
  if (*offset_ms < 0) return fail(misuse(fmt::format("--thumbnail-offset {} ms is negative", *offset_ms), "0"));
  if (!subject.duration_us || *offset_ms < (*subject.duration_us + 999) / 1000) return {};
  const double duration_ms = static_cast<double>(*subject.duration_us) / 1000;
  Error error = misuse(fmt::format("--thumbnail-offset {} ms lies at or past the end of the video, which is {} ms long",
                                   *offset_ms, format_number(duration_ms)),
                       "choose an earlier --thumbnail-offset");
  error.measured = *offset_ms;
  error.limit = duration_ms;
  error.unit = "ms";
  return fail(std::move(error));
}

Status check_branded(const PostOptions& options) {
  if (!options.is_branded_content.value_or(false) || options.visibility != Visibility::kPrivate) return {};
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = "branded content (--is-branded-content) cannot be private";
  error.rule = "post.branded_visibility";
  error.measured = std::string(name_of(Visibility::kPrivate));
  error.limit = std::string("public, followers or friends");
  error.fix = "--visibility public";
  return fail(std::move(error));
}

Status check_schedule(const PostOptions& options) {
  if (!options.schedule_date) return {};
  auto utc = to_utc_schedule(*options.schedule_date);
  if (!utc) return fail(misuse("--schedule " + utc.error().message, utc.error().fix));
  return {};
}

}  // namespace

Status validate(const PostOptions& options, const PostSubject& subject, const PostLimits& limits) {
  TOKPREP_TRY(check_applicable(options, subject.is_video));
  TOKPREP_TRY(check_text(options.caption, "caption", limits.caption_utf16_max));
  TOKPREP_TRY(check_text(options.title, "title", limits.title_utf16_max));
  TOKPREP_TRY(check_utf8(options));
  if (subject.is_video) TOKPREP_TRY(check_offset(options, subject));
  else TOKPREP_TRY(check_images(options, subject.image_count, limits.images_max));
  TOKPREP_TRY(check_branded(options));
  return check_schedule(options);
}

}  // namespace tokprep
