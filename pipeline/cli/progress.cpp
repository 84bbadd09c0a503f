#include "pipeline/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/units.h"
#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

constexpr std::size_t kMostItemLines = 16;
constexpr std::size_t kLeastColumnsForItems = 30;
constexpr std::size_t kLeastNameColumns = 12;
constexpr std::size_t kTimeColumns = 15;   // "1 h 05 min left"
constexpr std::size_t kMarginColumns = 3;  // where "^C" appears without beginning another line

/// How far an item is that is `done` with `stage`. Where its work lies in one long stage that is the stage's own
/// share; what comes before it is short, and what comes after it is nearly all.
double worked_by(const std::string& stage, double done) {
  if (stage == "transcode" || stage == "remux" || stage == "convert") return 0.9 * done;
  if (stage == "verify" || stage == "upload" || stage == "wait" || stage == "post") return 0.9;
  return 0;
}

}  // namespace

void Progress::expect(const std::unordered_map<std::string, std::uint64_t>& sizes_bytes) {
  *this = Progress();
  expect_more(sizes_bytes);
}

void Progress::expect_more(const std::unordered_map<std::string, std::uint64_t>& sizes_bytes) {
  std::uint64_t new_bytes = 0;
  for (const auto& [item, size_bytes] : sizes_bytes) {
    if (!sizes_bytes_.try_emplace(item, size_bytes).second) continue;
    ++expected_;
    new_bytes += size_bytes;
  }
  time_left_.expect(new_bytes);
}

void Progress::begin(const std::string& item, TimePoint now) {
  if (finished() == 0 && under_way_.empty()) began_ = now;
  time_left_.begin(now);
  const auto size = sizes_bytes_.find(item);
  under_way_[item] = {"begun", 0, now, 0, size == sizes_bytes_.end() ? 0 : size->second};
}

void Progress::update(const ItemProgress& progress, TimePoint now) {
  const auto place = under_way_.find(progress.item);
  if (place == under_way_.end()) return;
  UnderWay& under_way = place->second;
  if (under_way.stage != progress.stage) {
    under_way.stage = progress.stage;
    under_way.stage_began = now;
  }
  under_way.done = std::clamp(progress.done, 0.0, 1.0);
  under_way.worked = std::max(under_way.worked, worked_by(progress.stage, under_way.done));
}

void Progress::end(const std::string& item, End how) {
  const auto size = sizes_bytes_.extract(item);
  const std::uint64_t size_bytes = size.empty() ? 0 : size.mapped();
  under_way_.erase(item);
  ++(how == End::kDone ? done_ : how == End::kSkipped ? skipped_ : failed_);
  if (how == End::kSkipped) time_left_.skipped(size_bytes);
  else time_left_.worked(size_bytes);
}

std::vector<std::string> Progress::lines(TerminalSize size, TimePoint now) const {
  const std::size_t columns = size.columns > kMarginColumns ? size.columns - kMarginColumns : 1;
  std::vector<std::string> lines;
  // The last row is left to the cursor, one to the total, and one to what is printed above.
  const std::size_t rows = size.rows > 3 ? std::min(size.rows - 3, kMostItemLines) : 0;
  if (columns >= kLeastColumnsForItems && rows > 0) {
    const bool all_fit = under_way_.size() <= rows;
    const std::size_t shown_items = all_fit ? under_way_.size() : rows - 1;
    for (const auto& [item, under_way] : under_way_) {
      if (lines.size() == shown_items) break;
      lines.push_back(item_line(item, under_way, columns, now));
    }
    if (!all_fit) lines.push_back(fmt::format("  and {} more", under_way_.size() - shown_items));
  }
  lines.push_back(shown_short(total_line(now), columns));
  return lines;
}

std::string Progress::item_line(const std::string& item, const UnderWay& under_way, std::size_t columns,
                                TimePoint now) const {
  std::string state = fmt::format("{:<10} {:>3.0f} %", shown_short(under_way.stage, 10), under_way.done * 100);
  const auto left = rest_of(under_way.done, now - under_way.stage_began);
  // Of one width, so that the columns stay where they are.
  const std::string time = fmt::format("  {:<{}}", left ? about(*left) + " left" : "", kTimeColumns);
  if (columns >= 2 * kLeastNameColumns + state.size() + time.size()) state += time;
  const std::size_t name_columns = columns - std::min(columns - 1, display_width(state) + 4);
  const std::string name = shown_tail(item, name_columns);
  return fmt::format("  {}{}  {}", name, std::string(name_columns - display_width(name), ' '), state);
}

std::uint64_t Progress::partly_bytes() const {
  double bytes = 0;
  for (const auto& [item, under_way] : under_way_)
    bytes += under_way.worked * static_cast<double>(under_way.size_bytes);
  return static_cast<std::uint64_t>(bytes);
}

std::string Progress::total_line(TimePoint now) const {
  std::string text = fmt::format("{}", finished());
  if (expected_ > 0) text += fmt::format("/{}", expected_);
  text += " finished";
  if (failed_ > 0) text += fmt::format(", {} failed", failed_);
  if (skipped_ > 0) text += fmt::format(", {} skipped", skipped_);
  const std::uint64_t partly = partly_bytes();
  text += speed_text(partly, now);
  if (const auto left = time_left_.left(partly, now)) text += fmt::format(" · about {} left", about(*left));
  return text;
}

std::string Progress::speed_text(std::uint64_t partly, TimePoint now) const {
  const auto speed = time_left_.speed_bytes_per_s(partly, now);
  if (!speed) return "";
  std::string text = fmt::format(" · {}/s", format_size(static_cast<std::uint64_t>(*speed)));
  const double items_per_s = static_cast<double>(finished()) / std::chrono::duration<double>(now - began_).count();
  if (finished() < 2) return text;
  if (items_per_s >= 2) return text + fmt::format(", {:.0f} items/s", items_per_s);
  return text + fmt::format(", {:.0f} items/min", items_per_s * 60);
}

}  // namespace tokprep::cli
