#include "pipeline/cli/watch_output.h"

#include <unordered_set>
#include <utility>

#include "pipeline/batch.h"

namespace tokprep::cli {

void WatchOutput::begin(const Item& item) {
  const std::lock_guard lock(mutex_);
  stems_[item.name] = item.output_stem;
}

void WatchOutput::forget_others(const std::vector<Item>& items) {
  if (!leaves_reasons_) return;
  std::unordered_set<std::string> stems;
  for (const Item& item : items) stems.insert(item.output_stem.native());
  reasons_.keep_only(stems);
}

Summary WatchOutput::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

int WatchOutput::exit_code() const {
  const std::lock_guard lock(mutex_);
  std::vector<ItemOutcome> outcomes;
  if (counts_.done + counts_.skipped > 0) outcomes.push_back({ItemState::kDone});
  for (const ErrorCode code : failures_) outcomes.push_back({ItemState::kFailed, code});
  return exit_code_of(outcomes);
}

void WatchOutput::on(const Event& event) {
  if (const auto* done = std::get_if<ItemDone>(&event)) end(done->item, &Summary::done, nullptr);
  if (const auto* skipped = std::get_if<ItemSkipped>(&event)) end(skipped->item, &Summary::skipped, nullptr);
  if (const auto* failed = std::get_if<ItemFailed>(&event)) end(failed->item, &Summary::failed, failed);
  out_.on(event);
}

void WatchOutput::end(const std::string& item, int Summary::*kind, const ItemFailed* failed) {
  std::filesystem::path stem;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.items;
    ++(counts_.*kind);
    if (failed != nullptr) failures_.insert(failed->error.code);
    const auto place = stems_.extract(item);
    if (place.empty() || !leaves_reasons_) return;
    stem = place.mapped();
  }
  if (failed == nullptr) {
    reasons_.remove(stem);
  } else if (failed->error.code != ErrorCode::kCancelled) {
    if (Status written = reasons_.write(*failed, stem); !written) out_.say(describe(written.error()));
  }
}

}  // namespace tokprep::cli
