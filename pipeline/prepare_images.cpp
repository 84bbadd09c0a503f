#include <fmt/format.h>

#include <utility>

#include "pipeline/judge_output.h"
#include "pipeline/prepare_parts.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// "lookbook" + 2 of 12 -> "/02.jpg"; a single picture keeps its own name.
std::string image_suffix(const Item& item, std::size_t index, const std::string& extension) {
  if (!item.photo_folder) return "." + extension;
  return fmt::format("/{:02}.{}", index + 1, extension);
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
  TOKPREP_ASSIGN(record.source, mark_source(source, tools.run));
  record.before = examined.info;
  record.findings = examined.findings;
  record.plan = plan;
  ImageJob job = plan.image;
  job.input = source.string();
  job.output = output.path().string();
  TOKPREP_ASSIGN(const ImageResult result, tools.workers.convert_image(job, tools.run));
  record.notes = result.notes;
  auto after = judge_image(output.path(), role, tools.rules, tools.request.options, tools.workers, tools.run);
  if (!after) return fail(naming(std::move(after).error(), source));
  record.after.push_back(std::move(*after));
  return record;
}

Result<Draft> draft_images(const std::vector<Examined>& examined, const PrepareTools& tools) {
  const Item& item = tools.request.item;
  Draft draft;
  for (std::size_t i = 0; i < examined.size(); ++i) {
    tools.run.report("convert", static_cast<double>(i) / static_cast<double>(examined.size()));
    const Plan& plan = *examined[i].plan;
    if (plan.kind != MediaKind::kImage) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is no picture; a photo post takes pictures only", item.sources[i].string()));
    }
    TOKPREP_ASSIGN(const fs::path target, tools.target(image_suffix(item, i, plan.extension)));
    TOKPREP_ASSIGN(PendingFile output, PendingFile::create(target));
    TOKPREP_ASSIGN(AssetRecord record, draft_image(item.sources[i], examined[i], AssetRole::kMedia, output, tools));
    draft.assets.push_back(std::move(record));
    draft.outputs.push_back({std::move(output), "media", plan.mime, {}});
  }
  return draft;
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
