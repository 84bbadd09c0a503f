#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "pipeline/cli/output.h"
#include "pipeline/cli/progress_display.h"
#include "pipeline/cli/streams.h"

namespace tokprep::cli {

struct TextStyle {
  bool quiet = false;    ///< errors and asked-for data only
  bool verbose = false;  ///< also when an item begins
  bool colour = false;
  bool urls_only = false;  ///< a finished item is the URLs of its files: `tokprep upload`
};

/// Events for people: results on stdout, talk on stderr. Whatever came from outside is shown with control
/// characters escaped.
class TextSink final : public Output {
 public:
  TextSink(Writer out, Writer err, TextStyle style);

  /// From now on says how far it is, on stderr, which is a terminal; before any event. A `stop` ends that.
  void show_progress(ProgressDisplay::SizeQuery size, std::stop_token stop);

  /// Leaves the terminal to others for a while: the process is about to be suspended.
  void put_away();
  void bring_back();

  void expect(const std::vector<Item>& items) override;
  void expect_more(const std::vector<Item>& items) override;

  void on(const Event& event) override;
  void data(const Json& json, std::string_view text) override;
  void say(std::string_view text) override;
  void warn(std::string_view text) override;
  void failure(const Error& error) override;

 private:
  void show(const ItemStarted& event);
  void show(const ItemProgress& event);
  void show(const ItemNote& event);
  void show(const ItemDone& event);
  void show(const ItemSkipped& event);
  void show(const ItemFailed& event);
  void show(const Probed& event);
  void show(const PostStatus& event);
  void show(const Summary& event);

  void to_out(const std::string& text);
  void to_err(const std::string& text);
  void finish(const std::string& item, Progress::End how);
  [[nodiscard]] std::string painted(std::string_view colour, std::string_view text) const;
  [[nodiscard]] std::string explained(const Error& error) const;

  std::mutex mutex_;
  Writer out_;
  Writer err_;
  TextStyle style_;
  std::optional<ProgressDisplay> progress_;
  int not_begun_ = 0;
  std::string why_not_begun_;  ///< what is to be done, where something is
};

}  // namespace tokprep::cli
