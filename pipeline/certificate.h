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

namespace tokprep {

/// One file that went in: enough to see later whether it is still the same.
struct SourceMark {
  std::string path;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::string sha256;
};

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

/// A finished output with its digest.
struct OutputRecord {
  OutputFile file;
  std::string sha256;
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

/// Errors: kInputUnreadable, kIo, kCancelled.
Result<SourceMark> mark_source(const std::filesystem::path& file, const RunContext& run);

std::filesystem::path certificate_path(const Item& item, const std::filesystem::path& output_dir);

/// The document, with the verdict of every rule before and after; outputs are named from `folder`, where it will stand.
Json to_document(const Certificate& certificate, const std::filesystem::path& folder, const Rules& rules);

/// What an earlier run left, if it still holds: same settings, same sources, every output there and whole.
/// Anything else, a damaged certificate included, is nothing: the item is done again.
struct EarlierResult {
  std::string kind;
  std::vector<OutputFile> outputs;
  std::vector<std::string> source_digests;
  std::optional<std::int64_t> duration_us;
  Json plan;
  std::string summary;
};
std::optional<EarlierResult> earlier_result(const Item& item, const std::filesystem::path& output_dir,
                                            const std::string& settings, const RunContext& run);

}  // namespace tokprep
