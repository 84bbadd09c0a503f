#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/begun_outputs.h"
#include "pipeline/event.h"
#include "pipeline/folder.h"
#include "pipeline/options.h"
#include "pipeline/originals.h"
#include "pipeline/photo_verdicts.h"
#include "pipeline/plan.h"
#include "pipeline/rules/rules.h"
#include "pipeline/run_stems.h"
#include "pipeline/worker_pool.h"

namespace tokprep {

/// Facts, findings and decision for one file.
struct Examined {
  MediaInfo info;
  std::vector<Finding> findings;
  Result<Plan> plan;
};

/// Probe, check, plan. Errors: those of the probe; a plan that fails is in the result, not an error.
Result<Examined> examine(const std::filesystem::path& file, const ConvertOptions& options, const Rules& rules,
                         Workers& workers, const RunContext& run);

struct PrepareRequest {
  Item item;
  std::filesystem::path output_dir;
  ConvertOptions options;
  bool dry_run = false;    ///< decide only; nothing is written
  bool force = false;      ///< do it again although an earlier result stands
  bool overwrite = false;  ///< replace what stands in the way, whoever made it
  /// Told what was decided about each image of a photo post, in order; once more where a conversion then fails. Empty:
  /// nobody wants to know.
  std::function<void(const std::vector<PhotoVerdict>&)> on_photos;
  /// A worker that has nothing to do right now: the images of a photo post are converted beside each other then.
  std::function<std::optional<WorkerLease>()> spare_worker = {};
  const Originals* originals = nullptr;  ///< of all the run, never replaced; null: the item's own
  RunStems* stems = nullptr;             ///< of all the run; null: the item is alone
  BegunOutputs* begun = nullptr;         ///< where the work is noted; null: nowhere
};

struct Prepared {
  std::string kind;                   ///< "video" or "image"
  std::filesystem::path output_stem;  ///< the item's, unless another's result stands there (`settled_stem`)
  std::vector<OutputFile> outputs;
  std::vector<Plan> plans;  ///< one for a video, one an image for photos
  std::vector<Finding> findings;
  std::vector<std::string>
      source_digests;   ///< SHA-256 of each source in order, then of an own cover; none in a dry run
  bool reused = false;  ///< an earlier run's outputs stand: nothing was done
  std::optional<std::int64_t> duration_us;  ///< of the output video
  std::optional<std::int64_t> cover_at_us;  ///< of a video: the frame its cover shows; empty where it has its own
  Json plan_json;                           ///< the contract's form, for all of the item
  std::string summary;
};

/// One item, end to end: probe, plan, convert, cover, probe and check again, certificate.
///
/// Outputs (`STEM.mp4`, `STEM.cover.jpg`, photos as `STEM/01.jpg …` or `STEM.jpg`) and then `STEM.tokprep.json` get
/// their names only after everything was judged; on error nothing of it is left. An item whose certificate still
/// fits (same source, settings and outputs; `earlier_result`) is not done again. Where the result of another item
/// stands, STEM is another (`settled_stem`), unless it is to be overwritten. What an earlier run made and this one
/// does not is removed. A file that stands in the way and is not known to be made here is replaced with `overwrite`
/// alone, a source or cover never (`OutputPlace`). Errors: kInvalidArgument for such a file; those of probe, plan and
/// the workers; kNotCompliant or kInternal when the finished output fails its own check; kOutputUnwritable, kNoSpace,
/// kIo, also for a source or cover that was changed meanwhile, whatever else went wrong; kCancelled.
Result<Prepared> prepare(const PrepareRequest& request, const Rules& rules, Workers& workers, const RunContext& run);

}  // namespace tokprep
