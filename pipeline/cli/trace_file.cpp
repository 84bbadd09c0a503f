#include "pipeline/cli/trace_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/version.h"

namespace tokprep::cli {

bool TraceFile::begins(std::string_view head) {
  constexpr std::string_view kBegin = "[\n{\"args\":{\"name\":\"tokprep ";
  return head.starts_with(kBegin) || kBegin.starts_with(head);  // a run that was killed at once wrote a part of it
}

TraceFile::TraceFile(AppendFile file) : file_(std::move(file)) {
  file_.write("[");
  Json name = event("M", "process_name", 0);
  name["args"] = {{"name", std::string("tokprep ") + kVersion}};
  write(name);
}

TraceFile::~TraceFile() {
  Json end = event("i", "end", 0);
  end["s"] = "p";
  file_.write(to_line(end));
  file_.write("]");
}

void TraceFile::begin_span(std::string_view name, const Json& arguments) {
  const std::lock_guard lock(mutex_);
  Track& track = tracks_[std::this_thread::get_id()];
  if (track.open.empty()) track.number = free_track();
  track.open.emplace_back(name);
  Json begin = event("B", name, track.number);
  begin["args"] = arguments;
  write(begin);
}

void TraceFile::end_span() {
  const std::lock_guard lock(mutex_);
  const auto place = tracks_.find(std::this_thread::get_id());
  if (place == tracks_.end()) return;
  Track& track = place->second;
  write(event("E", track.open.back(), track.number));
  track.open.pop_back();
  if (!track.open.empty()) return;
  taken_[static_cast<std::size_t>(track.number) - 1] = false;
  tracks_.erase(place);
}

void TraceFile::count(std::string_view name, int change) {
  const std::lock_guard lock(mutex_);
  int& value = counters_[std::string(name)];
  value += change;
  Json counter = event("C", name, 0);
  counter["args"] = {{std::string(name), value}};
  write(counter);
}

Json TraceFile::event(std::string_view phase, std::string_view name, int track) const {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_);
  return {{"ph", phase}, {"name", name}, {"ts", since.count()}, {"pid", ::getpid()}, {"tid", track}};
}

int TraceFile::free_track() {
  const auto place = std::ranges::find(taken_, false);
  const int number = static_cast<int>(place - taken_.begin()) + 1;
  if (place != taken_.end()) {
    *place = true;
    return number;
  }
  taken_.push_back(true);
  Json name = event("M", "thread_name", number);
  name["args"] = {{"name", fmt::format("thread {}", number)}};
  write(name);
  return number;
}

void TraceFile::write(const Json& event) { file_.write(to_line(event) + ","); }

}  // namespace tokprep::cli
