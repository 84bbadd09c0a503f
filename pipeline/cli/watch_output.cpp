#include "pipeline/cli/watch_output.h"

#include <algorithm>
#include <utility>

namespace tokprep::cli {

void WatchOutput::begin(const std::vector<Item>& items) {
  const std::lock_guard lock(mutex_);
  for (const Item& item : items) stems_[item.name] = item.output_stem;
}

Summary WatchOutput::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

int WatchOutput::smallest_code() const {
  const std::lock_guard lock(mutex_);
  return smallest_code_;
}

void WatchOutput::on(const Event& event) {
  if (std::holds_alternative<Summary>(event)) return;
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
    if (failed != nullptr) {
      const int code = exit_code(failed->error.code);
      smallest_code_ = smallest_code_ == 0 ? code : std::min(smallest_code_, code);
    }
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
