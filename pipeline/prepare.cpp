#include "pipeline/prepare.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/digest.h"
#include "base/span.h"
#include "pipeline/audio_track.h"
#include "pipeline/batch.h"
#include "pipeline/earlier_result.h"
#include "pipeline/prepare_parts.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

Status check_image_count(const Item& item, const Rules& rules) {
  const auto most = static_cast<std::size_t>(rules.number("post.images_max"));
  if (item.sources.size() <= most) return {};
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.file = item.name;
  error.rule = "post.images_max";
  error.measured = static_cast<std::int64_t>(item.sources.size());
  error.limit = static_cast<std::int64_t>(most);
  error.unit = "images";
  error.message = fmt::format("{} holds {} images; a post takes at most {}", item.name, item.sources.size(), most);
  error.fix = "--too-many split makes several posts of them";
  return fail(std::move(error));
}

/// The contract's plan of an item: a video's own; for images what the most changed one needs, and each beside it.
Json plan_document(const std::vector<Plan>& plans) {
  if (plans.size() == 1) return plans.front();
  Json images = Json::array();
  std::vector<std::string> reasons;
  bool encoded = false;
  for (const Plan& plan : plans) {
    images.push_back(plan);
    encoded = encoded || plan.image_action == StreamAction::kEncode;
    for (const std::string& reason : plan.reasons) {
      if (std::ranges::find(reasons, reason) == reasons.end()) reasons.push_back(reason);
    }
  }
  return {{"image", encoded ? "encode" : "copy"}, {"reasons", reasons}, {"images", images}};
}

Result<std::vector<Examined>> examine_single(const PrepareTools& tools) {
  TOKPREP_ASSIGN(Examined examined, examine(tools.request.item.sources.front(), tools.request.options, tools.rules,
                                            tools.workers, tools.run));
  if (!examined.plan) return fail(std::move(examined.plan).error());
  std::vector<Examined> all;
  all.push_back(std::move(examined));
  return all;
}

Prepared decided(const std::vector<Examined>& all) {
  Prepared prepared;
  prepared.kind = std::string(name_of(all.front().info.kind));
  for (const Examined& examined : all) {
    prepared.plans.push_back(*examined.plan);
    prepared.findings.insert(prepared.findings.end(), examined.findings.begin(), examined.findings.end());
  }
  prepared.plan_json = plan_document(prepared.plans);
  prepared.summary = summary(prepared.plans.front());
  if (all.size() > 1) prepared.summary = fmt::format("{} images", all.size());
  if (all.front().info.kind == MediaKind::kVideo) prepared.duration_us = prepared.plans.front().output_duration_us;
  return prepared;
}

/// What making a video has shown of its cover.
void take_over(const AssetRecord& video, Prepared& prepared) {
  prepared.plans.front() = video.plan;
  prepared.findings = video.findings;
  prepared.plan_json = plan_document(prepared.plans);
  prepared.summary = summary(video.plan);
  prepared.cover_at_us = video.plan.cover_at_us;
}

/// Gives all outputs their names, and the certificate last; where that cannot be, none keeps it.
Status commit_all(std::vector<PendingOutput>& outputs, PendingFile& proof, const Certificate& certificate,
                  const PrepareTools& tools) {
  Status named;
  auto end = outputs.begin();
  for (; named && end != outputs.end(); ++end) named = end->file.commit();
  if (named) {
    tools.place.remove_outdated(certificate.outputs);
    named = proof.commit();
    if (named) return named;
  } else {
    --end;  // it has not got it
  }
  std::error_code gone;
  for (auto output = outputs.begin(); output != end; ++output) fs::remove(output->file.target(), gone);
  return named;
}

/// The certificate as its part, whole and on the disk: should the run be killed among the renames, the next one tells
/// by it what is ours. What such a run has left is cleared away.
Result<PendingFile> draft_certificate(const Certificate& certificate, const PrepareTools& tools) {
  const fs::path& path = tools.place.certificate();
  TOKPREP_TRY(tools.place.undo_killed_run());
  TOKPREP_ASSIGN(PendingFile proof, PendingFile::create(path));
  TOKPREP_TRY(proof.write(to_pretty_text(to_document(certificate, path.parent_path(), tools.rules)) + "\n"));
  if (::fsync(proof.fd()) != 0) return write_failure(path, "write", errno);
  return proof;
}

/// Gives every output its name, the certificate last.
Status publish_outputs(Draft& draft, Prepared& prepared, const std::string& settings, const PrepareTools& tools) {
  Certificate certificate;
  certificate.item = tools.request.item.name;
  certificate.kind = prepared.kind;
  certificate.settings = settings;
  for (PendingOutput& output : draft.outputs) {
    TOKPREP_ASSIGN(const std::string digest,
                   output.digest.valid() ? output.digest.get() : sha256_of_file(output.file.path(), tools.run));
    std::error_code error;
    const auto size_bytes = fs::file_size(output.file.path(), error);
    prepared.outputs.push_back({output.role, output.file.target().string(), output.mime, size_bytes});
    certificate.outputs.push_back({prepared.outputs.back(), digest, modified_ns_of(output.file.path())});
  }
  certificate.assets = std::move(draft.assets);
  for (const AssetRecord& asset : certificate.assets) prepared.source_digests.push_back(asset.source.sha256);
  certificate.duration_us = prepared.duration_us;
  certificate.plan = prepared.plan_json;
  certificate.summary = prepared.summary;
  const fs::path& path = tools.place.certificate();
  const Span span(tools.run, "commit", [&] { return Json{{"file", path.string()}}; });
  TOKPREP_ASSIGN(PendingFile proof, draft_certificate(certificate, tools));
  // The work took its time: somebody may have written to a source, or put a file there.
  if (tools.run.inputs != nullptr) TOKPREP_TRY(tools.run.inputs->check_unchanged());
  TOKPREP_TRY(tools.place.check_certificate());
  for (const PendingOutput& output : draft.outputs) TOKPREP_TRY(tools.place.check(output.file.target()));
  return commit_all(draft.outputs, proof, certificate, tools);
}

std::optional<Prepared> reuse(const std::string& settings, const PrepareRequest& request, const RunContext& run) {
  if (request.force || request.dry_run) return std::nullopt;
  const bool by_digests = request.options.verify == VerifyDepth::kFull;
  auto earlier = earlier_result(request.item, request.output_dir, settings, by_digests, run);
  if (!earlier) return std::nullopt;
  Prepared prepared;
  prepared.kind = earlier->kind;
  prepared.output_stem = request.item.output_stem;
  prepared.outputs = std::move(earlier->outputs);
  prepared.source_digests = std::move(earlier->source_digests);
  prepared.duration_us = earlier->duration_us;
  prepared.plan_json = std::move(earlier->plan);
  prepared.summary = earlier->summary;
  const auto cover_at = prepared.plan_json.find("cover_at_us");
  if (cover_at != prepared.plan_json.end() && cover_at->is_number_integer())
    prepared.cover_at_us = cover_at->get<std::int64_t>();
  prepared.reused = true;
  return prepared;
}

/// What was not done before, at the place where it is to go.
Result<Prepared> prepare_at_stem(const PrepareRequest& request, const std::string& settings, const Rules& rules,
                                 Workers& workers, const RunContext& run) {
  const OutputPlace place(request.item, request.output_dir, request.originals, request.overwrite, run);
  const PrepareTools tools{request, rules, workers, run, place};
  if (!request.dry_run) TOKPREP_TRY(place.check_certificate());
  TOKPREP_ASSIGN(const std::vector<Examined> all,
                 request.item.photo_folder ? examine_photos(tools) : examine_single(tools));
  Prepared prepared = decided(all);
  prepared.output_stem = request.item.output_stem;
  if (request.dry_run) return prepared;
  std::optional<BegunOutputs::Work> work;
  if (request.begun != nullptr) work.emplace(request.begun->begin(request.item.output_stem));
  const bool video = all.front().info.kind == MediaKind::kVideo;
  TOKPREP_ASSIGN(Draft draft, video ? draft_video(all.front(), tools) : draft_images(all, tools));
  if (video) take_over(draft.assets.front(), prepared);
  for (Finding& finding : prepared.findings) finding.fixed = finding.severity == Severity::kMust;
  if (draft.duration_us) prepared.duration_us = draft.duration_us;
  TOKPREP_TRY(publish_outputs(draft, prepared, settings, tools));
  return prepared;
}

}  // namespace

Result<fs::path> PrepareTools::target(const std::string& suffix) const {
  fs::path path = request.output_dir / request.item.output_stem;
  path += suffix;
  TOKPREP_TRY(place.check(path));
  return path;
}

Result<Examined> examine(const fs::path& file, const ConvertOptions& options, const Rules& rules, Workers& workers,
                         const RunContext& run) {
  run.report("probe", 0);
  TOKPREP_ASSIGN(MediaInfo info, workers.probe(file, run));
  if (options.audio_track && info.kind == MediaKind::kVideo) {
    TOKPREP_TRY(choose_audio_track(info, *options.audio_track));
  }
  const Span span(run, "plan", [&] { return Json{{"file", file.string()}}; });
  std::vector<Finding> findings = check(info, rules);
  Result<Plan> decision = plan(info, findings, rules, options);
  if (!decision && decision.error().file.empty()) decision.error().file = file.string();
  return Examined{std::move(info), std::move(findings), std::move(decision)};
}

namespace {

/// `run` opens the item's files as it is told to.
Result<Prepared> prepare_inputs(const PrepareRequest& request, const Rules& rules, Workers& workers,
                                const RunContext& run) {
  TOKPREP_TRY(check_image_count(request.item, rules));
  const std::string settings = settings_digest(request.item, request.options, rules);
  if (auto earlier = reuse(settings, request, run)) return std::move(*earlier);
  if (request.overwrite) return prepare_at_stem(request, settings, rules, workers, run);
  PrepareRequest settled = request;
  settled.item.output_stem = settled_stem(request.item, request.output_dir, request.stems, request.originals, run);
  if (settled.item.output_stem != request.item.output_stem) {
    if (auto earlier = reuse(settings, settled, run)) return std::move(*earlier);
  }
  return prepare_at_stem(settled, settings, rules, workers, run);
}

}  // namespace

Result<Prepared> prepare(const PrepareRequest& request, const Rules& rules, Workers& workers, const RunContext& run) {
  if (request.item.error) return fail(*request.item.error);
  const InputFiles inputs = inputs_of(request.item);
  RunContext bounded = run;
  bounded.inputs = &inputs;
  auto prepared = prepare_inputs(request, rules, workers, bounded);
  if (!prepared) return fail(inputs.blame(std::move(prepared).error()));
  return prepared;
}

}  // namespace tokprep
