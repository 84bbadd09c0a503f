#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "pipeline/event.h"
#include "pipeline/folder.h"

namespace tokprep::cli {

/// Where a command's results go: an EventSink, and what has no event of its own. Two renderings exist, text and
/// JSON; commands do not know which one they write to. Thread-safe.
class Output : public EventSink {
 public:
  /// What a batch is going to consist of, before its first event: for those who say how much is left. What was said
  /// of an earlier one is forgotten.
  virtual void expect(const std::vector<Item>& /*items*/) {}

  /// What joins it while it runs; any that it consists of already change nothing.
  virtual void expect_more(const std::vector<Item>& /*items*/) {}

  /// Files that are written to are begun anew: they may have been rotated.
  virtual void reopen_files() {}

  /// A line of results on stdout: `json` (with its "type") or `text`.
  virtual void data(const Json& json, std::string_view text) = 0;

  /// A remark for people, one line; never on stdout.
  virtual void say(std::string_view text) = 0;

  /// A remark that matters however little is to be said: on stderr with -q as well, and a note in JSON.
  virtual void warn(std::string_view text) { on(ItemNote{"", std::string(text)}); }

  /// What kept the whole run, not one item, from being done.
  virtual void failure(const Error& error) = 0;
};

}  // namespace tokprep::cli
