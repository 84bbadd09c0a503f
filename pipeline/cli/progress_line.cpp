#include "pipeline/cli/progress_line.h"

#include <fmt/format.h>

#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {

void ProgressLine::begin(const std::string& item) {
  under_way_[item] = {"begin", 0};
  draw(true);
}

void ProgressLine::update(const ItemProgress& progress) {
  under_way_[progress.item] = {progress.stage, progress.done};
  draw(false);
}

void ProgressLine::end(const std::string& item) {
  under_way_.erase(item);
  ++finished_;
}

void ProgressLine::clear() {
  if (drawn_) err_("\r\x1b[K");
  drawn_ = false;
}

void ProgressLine::draw(bool now) {
  const auto time = std::chrono::steady_clock::now();
  if (!now && drawn_ && time - drawn_at_ < interval_) return;
  std::string line = finished_ > 0 ? fmt::format("{} finished", finished_) : "";
  for (const auto& [item, stage] : under_way_) {
    if (!line.empty()) line += " · ";
    line += fmt::format("{}: {} {:.0f} %", shown_short(item, 40), stage.name, stage.done * 100);
  }
  err_("\r\x1b[K" + shown_short(line, columns_ > 1 ? columns_ - 1 : 1));
  drawn_ = true;
  drawn_at_ = time;
}

}  // namespace tokprep::cli
