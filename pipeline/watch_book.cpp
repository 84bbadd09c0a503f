#include "pipeline/watch_book.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/digest.h"
#include "base/json.h"
#include "upload/ayrshare/client.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kFirstPause{10};
constexpr std::chrono::seconds kLongestPause{600};

std::string look_of_file(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "gone\n";
  return fmt::format("{} {} {}.{} {}.{}\n", status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

std::chrono::seconds pause_after(int failures) {
  std::chrono::seconds pause = kFirstPause;
  for (int i = 1; i < failures && pause < kLongestPause; ++i) pause *= 2;
  return std::min(pause, kLongestPause);
}

}  // namespace

std::string look_of(const Item& item, const fs::path& root) {
  std::string text = "to " + item.output_stem.string() + "\n";
  text += item.part ? fmt::format("part {}/{}\n", item.part->number, item.part->of) : "";
  for (const fs::path& source : item.sources) text += source.string() + " " + look_of_file(source);
  if (item.cover) text += "cover " + item.cover->string() + " " + look_of_file(*item.cover);
  for (fs::path folder = item.sources.front().parent_path();; folder = folder.parent_path()) {
    text += look_of_file(folder / "tokprep.toml");
    if (folder == root || !folder.has_relative_path()) break;
  }
  text += to_line(post_body(item.options.or_default(), {}, true)) +
          to_line(post_body(item.options.or_default(), {}, false));
  if (item.error) text += describe(*item.error);
  return sha256_of(text).substr(0, 15);  // short enough to be kept in place
}

bool WatchBook::is_due(Entry& entry, const Seen& seen, TimePoint now) {
  if (entry.look != seen.look || seen.is_being_written) {
    entry.look = seen.look;
    if (entry.state == State::kRunning) {
      entry.changed = true;
      entry.due = now + seen.quiet;
      return false;
    }
    entry.state = State::kWaiting;
    entry.failures = 0;
    entry.due = now + seen.quiet;
  }
  const bool waits = entry.state == State::kWaiting || (entry.state == State::kSettled && entry.again);
  if (!waits || seen.is_being_written || now < entry.due) return false;
  if (!seen.is_unfinished || !seen.is_unfinished()) return true;
  entry.state = State::kWaiting;
  entry.due = now + seen.quiet;
  return false;
}

bool WatchBook::is_stem_free(const std::string& stem) const { return stem.empty() || !busy_stems_.contains(stem); }

std::vector<std::size_t> WatchBook::take(const std::vector<Seen>& seen, TimePoint now) {
  ++generation_;
  held_.clear();
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto [place, is_new] = entries_.try_emplace(seen[i].name);
    Entry& entry = place->second;
    if (is_new) {
      entry.look = seen[i].look;
      entry.due = now + seen[i].quiet;
    }
    entry.generation = generation_;
    if (!is_due(entry, seen[i], now)) continue;
    if (is_stem_free(seen[i].stem)) due.push_back(i);
    else held_.insert(seen[i].name);
  }
  std::erase_if(entries_, [&](const auto& one) {
    return one.second.generation != generation_ && one.second.state != State::kRunning;
  });
  return due;
}

bool WatchBook::begin(const Seen& seen, TimePoint now) {
  const auto place = entries_.find(seen.name);
  if (place == entries_.end() || !is_due(place->second, seen, now) || !is_stem_free(seen.stem)) return false;
  place->second.state = State::kRunning;
  place->second.changed = false;
  running_[seen.name] = seen.stem;
  busy_stems_.insert(seen.stem);
  return true;
}

bool WatchBook::has_changed(const std::string& name) const {
  const auto place = entries_.find(name);
  return place != entries_.end() && place->second.state == State::kRunning && place->second.changed;
}

void WatchBook::end(const std::string& name, const ItemOutcome& outcome, TimePoint now) {
  const auto place = entries_.find(name);
  if (place == entries_.end() || place->second.state != State::kRunning) return;
  Entry& entry = place->second;
  const auto ended = running_.extract(name);
  busy_stems_.erase(ended.mapped());
  // What waited for this is due from now on: for whoever asks what is due since he last looked.
  for (const std::string& waited : held_) {
    const auto other = entries_.find(waited);
    if (other != entries_.end()) other->second.due = std::max(other->second.due, now);
  }
  held_.clear();
  if (entry.changed) {
    entry.state = State::kWaiting;
    entry.failures = 0;
    entry.due = std::max(entry.due, now);
    return;
  }
  entry.state = State::kSettled;
  entry.again = outcome.state == ItemState::kFailed && is_transient(outcome.code);
  entry.failures = entry.again ? entry.failures + 1 : 0;
  if (entry.again) entry.due = now + pause_after(entry.failures);
}

std::vector<std::string> WatchBook::waiting() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) {
    if (entry.state == State::kWaiting) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::optional<WatchBook::TimePoint> WatchBook::next_due(TimePoint after) const {
  std::optional<TimePoint> next;
  for (const auto& [name, entry] : entries_) {
    const bool waits = entry.state == State::kWaiting || (entry.state == State::kSettled && entry.again);
    if (!waits || entry.due <= after || held_.contains(name)) continue;
    if (!next || entry.due < *next) next = entry.due;
  }
  return next;
}

}  // namespace tokprep
