#include "pipeline/output_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/pending_part.h"
#include "pipeline/certificate.h"
#include "pipeline/earlier_result.h"
#include "pipeline/ownership.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

bool stands(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  return fs::exists(status) && !fs::is_directory(status);  // a folder cannot be replaced anyway
}

}  // namespace

OutputPlace::OutputPlace(const Item& item, const fs::path& output_dir, const Originals* originals, bool overwrite,
                         const RunContext& run)
    : item_(item),
      certificate_(certificate_path(item, output_dir)),
      originals_(originals),
      overwrite_(overwrite),
      run_(run) {}

bool OutputPlace::is_original(const fs::path& target) const {
  const auto is_it = [&](const fs::path& original) { return takes_place_of(target, original); };
  return std::ranges::any_of(item_.sources, is_it) || (item_.cover && is_it(*item_.cover)) ||
         (originals_ != nullptr && originals_->contains(target));
}

/// What the certificate, or a part of it, names; nothing where it was made of another item.
std::vector<NotedOutput> OutputPlace::own_outputs(const fs::path& record) const {
  NotedItem noted = read_noted_item(record, certificate_.parent_path());
  if (!is_made_of(noted, item_, originals_, run_)) return {};
  return std::move(noted.outputs);
}

bool OutputPlace::is_ours(const fs::path& target) const {
  const std::string name = target.lexically_normal().native();
  const std::lock_guard lock(mutex_);
  // Another process may be at it: the part becomes the certificate in one step, so one of the three looks sees it.
  for (int look = 0; look < 2 && !known_.contains(name); ++look) {
    for (const NotedOutput& output : own_outputs(certificate_)) known_.insert(output.path.native());
    if (known_.contains(name) || look > 0) break;
    for (const NotedOutput& output : own_outputs(part_of(certificate_))) {
      if (output.path == name && is_as_noted(output, run_)) return true;
    }
  }
  return known_.contains(name);
}

Error OutputPlace::refusal(const fs::path& target, const std::string& what) const {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.file = item_.name;
  error.message = fmt::format("the output {} would overwrite {}", target.string(), what);
  return error;
}

Status OutputPlace::check(const fs::path& target) const {
  if (!stands(target)) return {};
  if (is_original(target)) {
    Error error = refusal(target, "a source or a cover of this run");
    error.fix = "choose another folder with -o";
    return fail(std::move(error));
  }
  if (overwrite_ || is_ours(target)) return {};
  Error error = refusal(target, "a file that is not known to be made of this item");
  error.fix = "choose another folder with -o, or move that file away; --overwrite replaces it";
  return fail(std::move(error));
}

Status OutputPlace::check_certificate() const {
  Standing standing;
  if (is_original(certificate_)) standing.owner = Owner::kStranger;
  else if (!overwrite_) standing = standing_at(certificate_, item_, originals_, run_);
  if (standing.owner == Owner::kNobody || standing.owner == Owner::kThisItem) return {};
  const bool is_others = standing.owner == Owner::kOther;
  Error error = refusal(certificate_, is_others ? fmt::format("that of another item, {}", standing.source.string())
                                                : "a file that is not known to be a certificate of tokprep's");
  error.fix = "choose another folder with -o, or move that file away; --overwrite replaces it";
  return fail(std::move(error));
}

Status OutputPlace::undo_killed_run() const {
  return with_left_over(certificate_, [this](const fs::path& part) { undo(part); });
}

void OutputPlace::undo(const fs::path& part) const {
  const std::vector<NotedOutput> standing = noted_outputs(certificate_);
  for (const NotedOutput& output : own_outputs(part)) {
    const bool is_known = std::ranges::find(standing, output.path, &NotedOutput::path) != standing.end();
    if (is_known || is_original(output.path) || !is_as_noted(output, run_)) continue;
    std::error_code gone;
    fs::remove(output.path, gone);
  }
}

void OutputPlace::remove_outdated(const std::vector<OutputRecord>& outputs) const {
  if (!own_outputs(certificate_).empty()) {
    tokprep::remove_outdated(
        certificate_, outputs, [this](const fs::path& path) { return is_original(path); }, run_);
  }
}

}  // namespace tokprep
