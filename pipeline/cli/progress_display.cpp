#include "pipeline/cli/progress_display.h"

#include <utility>

namespace tokprep::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{100};
constexpr std::size_t kMostPendingBytes = 256 << 10;

}  // namespace

ProgressDisplay::ProgressDisplay(Writer out, Writer err, SizeQuery size, std::stop_token stop)
    : out_(std::move(out)), err_(std::move(err)), size_(std::move(size)), stop_(std::move(stop)) {}

ProgressDisplay::~ProgressDisplay() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  put_away();
}

void ProgressDisplay::print(Target target, std::string_view text) {
  bool is_far_behind = false;
  {
    const std::lock_guard lock(mutex_);
    if (!pending_.empty() && pending_.back().target == target) pending_.back().text += text;
    else pending_.push_back({target, std::string(text)});
    pending_bytes_ += text.size();
    is_far_behind = !progress_.is_active() || pending_bytes_ > kMostPendingBytes;
  }
  if (is_far_behind) refresh();
}

void ProgressDisplay::change(const std::function<void(Progress&, Progress::TimePoint)>& how) {
  const std::lock_guard lock(mutex_);
  how(progress_, std::chrono::steady_clock::now());
  if (progress_.is_active() && !thread_.joinable()) start();
}

void ProgressDisplay::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void ProgressDisplay::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    refresh();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kInterval, [] { return false; });
  }
}

void ProgressDisplay::refresh() {
  const std::lock_guard writing(writing_);
  const TerminalSize size = size_();
  std::vector<Text> pending;
  std::vector<std::string> lines;
  {
    const std::lock_guard lock(mutex_);
    std::swap(pending, pending_);
    pending_bytes_ = 0;
    const bool drawn = progress_.is_active() && size.columns > 0 && !away_ && !stop_.stop_requested();
    if (drawn) lines = progress_.lines(size, std::chrono::steady_clock::now());
  }
  if (pending.empty() && block_.shows(lines)) return;
  if (!pending.empty() || lines.empty()) {
    if (const std::string erase = block_.erase(size.columns > 0 ? size.columns : 80); !erase.empty()) err_(erase);
  }
  for (const Text& text : pending) write(text);
  if (!lines.empty()) err_(block_.draw(std::move(lines), size.columns));
}

void ProgressDisplay::put_away() {
  {
    const std::lock_guard writing(writing_);
    away_ = true;
  }
  refresh();
}

void ProgressDisplay::bring_back() {
  {
    const std::lock_guard writing(writing_);
    away_ = false;
  }
  refresh();
}

}  // namespace tokprep::cli
