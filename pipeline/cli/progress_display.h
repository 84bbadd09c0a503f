#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "pipeline/cli/progress.h"
#include "pipeline/cli/streams.h"
#include "pipeline/cli/terminal_block.h"

namespace tokprep::cli {

/// A `Progress` on a terminal, with other text above it. Thread-safe.
///
/// A thread of its own draws, at most ten times a second, and writes what was printed since: however many items end in
/// a second, the batch waits for the terminal only once that is far behind. While no item is under way nothing is
/// drawn, and text is written at once. A stop takes the lines away for good.
class ProgressDisplay {
 public:
  using SizeQuery = std::function<TerminalSize()>;  ///< asked before each drawing; no size: nothing may be drawn now

  ProgressDisplay(Writer out, Writer err, SizeQuery size, std::stop_token stop);
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  /// Writes what is left and takes the lines away.
  ~ProgressDisplay();

  enum class Target { kOut, kErr };
  void print(Target target, std::string_view text);

  /// Changes what is shown.
  void change(const std::function<void(Progress&, Progress::TimePoint)>& how);

  /// Takes the lines away until `bring_back`: the process is about to be suspended.
  void put_away();
  void bring_back();

  /// What the drawing thread does each time.
  void refresh();

 private:
  struct Text {
    Target target = Target::kOut;
    std::string text;
  };

  void start();
  void run(const std::stop_token& stop);
  void write(const Text& text) const { (text.target == Target::kOut ? out_ : err_)(text.text); }

  Writer out_;
  Writer err_;
  SizeQuery size_;
  std::stop_token stop_;

  std::mutex writing_;   // taken before mutex_: order of what is written
  TerminalBlock block_;  // by writing_
  bool away_ = false;    // by writing_

  std::mutex mutex_;
  Progress progress_;
  std::vector<Text> pending_;
  std::size_t pending_bytes_ = 0;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace tokprep::cli
