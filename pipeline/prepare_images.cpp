#include <fmt/format.h>

#include <atomic>
#include <future>
#include <utility>

#include "pipeline/beside.h"
#include "pipeline/judge_output.h"
#include "pipeline/photo_canvas.h"
#include "pipeline/prepare_parts.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// "lookbook" + 2 of 12 -> "/02.jpg"; a single picture keeps its own name.
std::string image_suffix(const Item& item, std::size_t index, const std::string& extension) {
  if (!item.photo_folder) return "." + extension;
  return fmt::format("/{:02}.{}", index + 1, extension);
}

Error no_picture(const fs::path& source) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.file = source.string();
  error.message = fmt::format("{} is no picture; a photo post takes pictures only", source.string());
  return error;
}

PhotoVerdict verdict_of(const fs::path& source, const Result<Examined>& examined) {
  PhotoVerdict verdict{source, {}, std::nullopt, std::nullopt};
  if (!examined) {
    verdict.error = naming(examined.error(), source);
    return verdict;
  }
  verdict.findings = examined->findings;
  if (examined->plan) verdict.plan = *examined->plan;
  else verdict.error = naming(examined->plan.error(), source);
  return verdict;
}

/// Decides anew for a canvas that all images share. Each had a plan; it can fail for the canvas alone.
Status share_canvas(std::vector<Examined>& all, std::vector<PhotoVerdict>& verdicts, const PrepareTools& tools) {
  if (!wants_canvas(tools.request.options)) return {};
  std::vector<Size> sizes;
  for (const Examined& one : all) sizes.push_back({one.info.image->width_px, one.info.image->height_px});
  ConvertOptions options = tools.request.options;
  TOKPREP_ASSIGN(const Size canvas, photo_canvas(sizes, tools.rules, options));
  options.canvas = {CanvasKind::kSize, {}, canvas};
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].plan = plan(all[i].info, all[i].findings, tools.rules, options);
    if (all[i].plan) verdicts[i].plan = *all[i].plan;
    else verdicts[i].error = naming(all[i].plan.error(), verdicts[i].source);
  }
  return {};
}

/// Not the disk's, nor the user's stop.
bool is_the_images_fault(const Error& error) {
  return error.code == ErrorCode::kCorruptInput || error.code == ErrorCode::kUnsupportedInput ||
         error.code == ErrorCode::kNotCompliant || error.code == ErrorCode::kWorkerFailed;
}

/// What each part has come to as long as nobody has done it.
template <class T>
std::vector<Result<T>> not_begun(std::size_t count) {
  std::vector<Result<T>> parts;
  parts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) parts.push_back(fail(ErrorCode::kCancelled, "stopped"));
  return parts;
}

struct DraftedImage {
  AssetRecord record;
  PendingOutput output;
};

/// One of an item's images, under the name its number gives it.
Result<DraftedImage> draft_numbered(std::size_t index, const Examined& examined, const PrepareTools& tools) {
  const Item& item = tools.request.item;
  const Plan& plan = *examined.plan;
  TOKPREP_ASSIGN(const fs::path target, tools.target(image_suffix(item, index, plan.extension)));
  TOKPREP_ASSIGN(PendingFile output, PendingFile::create(target));
  TOKPREP_ASSIGN(AssetRecord record, draft_image(item.sources[index], examined, AssetRole::kMedia, output, tools));
  return DraftedImage{std::move(record), {std::move(output), "media", plan.mime, {}}};
}

/// The error that ends the whole post, whatever its images are like; null where there is none. Parts that were not
/// begun for it have been told to stop, which is no reason unless somebody asked for a stop.
const Error* hopeless_error(const std::vector<Result<DraftedImage>>& drafted, bool stop_was_asked) {
  const Error* found = nullptr;
  for (const Result<DraftedImage>& one : drafted) {
    if (one || is_the_images_fault(one.error())) continue;
    const bool is_told_to_stop = found != nullptr && found->code == ErrorCode::kCancelled && !stop_was_asked;
    if (found == nullptr || is_told_to_stop) found = &one.error();
  }
  return found;
}

}  // namespace

Error naming(Error error, const fs::path& source) {
  if (error.file.empty()) error.file = source.string();
  const std::string name = source.filename().string();
  return error.message.find(name) == std::string::npos ? with_context(std::move(error), name) : error;
}

Result<AssetRecord> draft_image(const fs::path& source, const Examined& examined, AssetRole role, PendingFile& output,
                                const PrepareTools& tools) {
  const Plan& plan = *examined.plan;
  AssetRecord record;
  // The digest of the source is worked out while the worker converts it.
  auto mark = std::async(std::launch::async, [&] { return mark_source(source, tools.run); });
  record.before = examined.info;
  record.findings = examined.findings;
  record.plan = plan;
  ImageJob job = plan.image;
  job.input = source.string();
  job.output = output.path().string();
  TOKPREP_ASSIGN(const ImageResult result, tools.workers.convert_image(job, tools.run));
  TOKPREP_ASSIGN(record.source, mark.get());
  record.notes = result.notes;
  auto after = judge_image(output.path(), role, tools.rules, tools.request.options, tools.workers, tools.run);
  if (!after) return fail(naming(std::move(after).error(), source));
  record.after.push_back(std::move(*after));
  return record;
}

Result<std::vector<Examined>> examine_photos(const PrepareTools& tools) {
  const Item& item = tools.request.item;
  std::vector<Result<Examined>> looked = not_begun<Examined>(item.sources.size());
  for_each_beside(item.sources.size(), tools, [&](std::size_t i, const PrepareTools& own) {
    const fs::path& source = item.sources[i];
    if (own.run.stop.stop_requested()) return;
    looked[i] = examine(source, own.request.options, own.rules, own.workers, own.run);
    if (looked[i] && looked[i]->info.kind != MediaKind::kImage) looked[i] = fail(no_picture(source));
  });
  std::vector<PhotoVerdict> verdicts;
  std::vector<Examined> all;
  for (std::size_t i = 0; i < looked.size(); ++i) {
    Result<Examined>& examined = looked[i];
    if (!examined && examined.error().code == ErrorCode::kCancelled) return fail(std::move(examined).error());
    verdicts.push_back(verdict_of(item.sources[i], examined));
    if (examined) all.push_back(std::move(*examined));
  }
  Status placed;
  if (!error_of(verdicts)) placed = share_canvas(all, verdicts, tools);
  if (tools.request.on_photos) tools.request.on_photos(verdicts);
  if (auto error = error_of(verdicts)) return fail(std::move(*error));
  TOKPREP_TRY(placed);
  return all;
}

Result<Draft> draft_images(const std::vector<Examined>& examined, const PrepareTools& tools) {
  const Item& item = tools.request.item;
  std::vector<Result<DraftedImage>> drafted = not_begun<DraftedImage>(examined.size());
  std::atomic<std::size_t> done{0};
  std::atomic<bool> hopeless{false};  // an error that the other images would meet as well
  for_each_beside(examined.size(), tools, [&](std::size_t i, const PrepareTools& own) {
    if (hopeless) return;
    drafted[i] = draft_numbered(i, examined[i], own);
    if (!drafted[i] && !is_the_images_fault(drafted[i].error())) hopeless = true;
    own.run.report("convert", static_cast<double>(++done) / static_cast<double>(examined.size()));
  });
  if (const Error* error = hopeless_error(drafted, tools.run.stop.stop_requested())) return fail(*error);
  Draft draft;
  std::vector<PhotoVerdict> verdicts;
  for (std::size_t i = 0; i < drafted.size(); ++i) {
    PhotoVerdict& verdict =
        verdicts.emplace_back(item.sources[i], examined[i].findings, *examined[i].plan, std::nullopt);
    if (drafted[i]) {
      draft.assets.push_back(std::move(drafted[i]->record));
      draft.outputs.push_back(std::move(drafted[i]->output));
      continue;
    }
    Error error = std::move(drafted[i]).error();
    verdict.error = item.photo_folder ? naming(std::move(error), item.sources[i]) : std::move(error);
  }
  auto error = error_of(verdicts);
  if (!error) return draft;
  if (item.photo_folder && tools.request.on_photos) tools.request.on_photos(verdicts);
  return fail(std::move(*error));
}

Result<std::pair<AssetRecord, PendingOutput>> draft_cover(const PrepareTools& tools) {
  const fs::path& source = *tools.request.item.cover;
  TOKPREP_ASSIGN(MediaInfo info, tools.workers.probe(source, tools.run));
  if (info.kind != MediaKind::kImage) {
    return fail(ErrorCode::kUnsupportedInput, fmt::format("the cover {} is no picture", source.string()));
  }
  std::vector<Finding> findings = check(info, tools.rules, AssetRole::kCover);
  Result<Plan> plan = plan_cover(info, findings, tools.rules, tools.request.options);
  if (!plan) return fail(naming(std::move(plan).error(), source));
  const std::string extension = plan->extension;
  const std::string mime = plan->mime;
  const Examined examined{std::move(info), std::move(findings), std::move(plan)};
  TOKPREP_ASSIGN(const fs::path target, tools.target(".cover." + extension));
  TOKPREP_ASSIGN(PendingFile output, PendingFile::create(target));
  TOKPREP_ASSIGN(AssetRecord record, draft_image(source, examined, AssetRole::kCover, output, tools));
  return std::pair(std::move(record), PendingOutput{std::move(output), "cover", mime, {}});
}

}  // namespace tokprep
