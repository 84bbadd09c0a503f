#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/event.h"
#include "pipeline/folder.h"
#include "pipeline/options.h"
#include "pipeline/plan.h"
#include "pipeline/rules/rules.h"
#include "pipeline/source_mark.h"

namespace tokprep {

/// What was made of one source: facts and findings before, the decision, facts after.
struct AssetRecord {
  SourceMark source;
  MediaInfo before;
  std::vector<Finding> findings;  ///< of the source, `fixed` set
  Plan plan;
  std::vector<MediaInfo> after;  ///< one an output: several of a video that was split
  std::vector<Likeness> likeness;
  std::vector<SoundMeasure> sound;
  std::vector<std::string> notes;
};

/// A finished output with its digest, and when it was last written to.
struct OutputRecord {
  OutputFile file;
  std::string sha256;
  std::int64_t modified_ns = 0;
};

/// `STEM.tokprep.json`: the proof that stands beside the outputs of one item. It is written last, so that where it
/// stands the item is whole.
struct Certificate {
  std::string item;
  std::string kind;      ///< "video" or "image"
  std::string settings;  ///< `settings_digest` of the run
  std::vector<AssetRecord> assets;
  std::vector<OutputRecord> outputs;
  std::optional<std::int64_t> duration_us;
  Json plan;
  std::string summary;
};

/// Stands for everything besides the sources that decides what comes out: options, rules, our version.
std::string settings_digest(const Item& item, const ConvertOptions& options, const Rules& rules);

std::filesystem::path certificate_path(const Item& item, const std::filesystem::path& output_dir);

/// The document, with the verdict of every rule before and after; outputs are named from `folder`, where it will stand.
Json to_document(const Certificate& certificate, const std::filesystem::path& folder, const Rules& rules);

}  // namespace tokprep
