#include "pipeline/carousel.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/text.h"
#include "pipeline/folder_scan.h"
#include "pipeline/output_stems.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> no_image(const fs::path& file) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("{} is no image, and --carousel takes images only", file.string());
  error.file = file.string();
  error.fix = "leave it out, or post it by itself";
  return fail(std::move(error));
}

Status add_folder(const fs::path& folder, Candidate& candidate, std::vector<LeftOut>& left_out,
                  const std::stop_token& stop) {
  std::error_code failed;
  const fs::path tree = fs::canonical(folder, failed);
  const auto bounds = std::make_shared<const FolderBounds>(folder);
  TOKPREP_ASSIGN(const FolderContents contents, read_contents(folder, tree, *bounds, left_out, stop));
  for (const MediaEntry& media : contents.media) {
    if (media.kind != MediaKind::kImage) return no_image(media.entry->path);
    candidate.item.sources.push_back(media.entry->path);
    candidate.item.mixed_bounds.edit().emplace(media.entry->path, bounds);
  }
  Sidecars own = contents.own_sidecars();
  own.bounds = bounds;
  candidate.sidecars = std::move(own);
  return {};
}

Status add_file(const fs::path& file, Candidate& candidate) {
  TOKPREP_TRY(open_for_reading(file));
  if (kind_of_file(file) != MediaKind::kImage) return no_image(file);
  candidate.item.sources.push_back(file);
  candidate.is_named = true;
  return {};
}

}  // namespace

Result<Candidate> carousel_of(const std::vector<fs::path>& inputs, std::vector<LeftOut>& left_out,
                              const std::stop_token& stop) {
  Candidate candidate;
  candidate.item.photo_folder = true;
  std::error_code failed;
  for (const fs::path& input : inputs) {
    if (fs::is_directory(input, failed)) TOKPREP_TRY(add_folder(input, candidate, left_out, stop));
    else TOKPREP_TRY(add_file(input, candidate));
  }
  if (candidate.item.sources.empty()) {
    return fail(ErrorCode::kUnsupportedInput,
                inputs.empty() ? "a carousel without images" : fmt::format("no images in {}", inputs.front().string()));
  }
  if (inputs.size() > 1) candidate.sidecars = {};
  const bool is_folder = fs::is_directory(inputs.front(), failed);
  candidate.item.name = text_of_name(inputs.front().string());
  candidate.item.kind = MediaKind::kImage;
  const fs::path stem = is_folder ? fs::canonical(inputs.front(), failed).filename() : inputs.front().stem();
  candidate.item.output_stem = OutputStems().claim(stem, "");
  return candidate;
}

}  // namespace tokprep
