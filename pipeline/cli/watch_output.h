#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "pipeline/cli/failed_reasons.h"
#include "pipeline/cli/output.h"

namespace tokprep::cli {

/// The output of a watch, between its items and the one it was given: leaves a reason for each failure, and counts.
/// Thread-safe.
class WatchOutput final : public Output {
 public:
  /// Without `leaves_reasons` (a dry run) nothing is written.
  WatchOutput(Output& out, const std::filesystem::path& output_dir, bool leaves_reasons)
      : out_(out), reasons_(output_dir), leaves_reasons_(leaves_reasons) {}

  /// This one is about to be done; it has one final event.
  void begin(const Item& item);

  /// These are all that there are: of others that have failed no reason stands any more.
  void forget_others(const std::vector<Item>& items);

  /// What became of all items so far; an item that was done twice counts twice.
  [[nodiscard]] Summary counts() const;

  /// As `exit_code_of` all items so far.
  [[nodiscard]] int exit_code() const;

  void expect(const std::vector<Item>& items) override { out_.expect(items); }
  void expect_more(const std::vector<Item>& items) override { out_.expect_more(items); }
  void on(const Event& event) override;
  void data(const Json& json, std::string_view text) override { out_.data(json, text); }
  void say(std::string_view text) override { out_.say(text); }
  void warn(std::string_view text) override { out_.warn(text); }
  void failure(const Error& error) override { out_.failure(error); }

 private:
  void end(const std::string& item, int Summary::*kind, const ItemFailed* failed);

  Output& out_;
  FailedReasons reasons_;
  bool leaves_reasons_;
  mutable std::mutex mutex_;
  std::map<std::string, std::filesystem::path> stems_;  // of items that have not ended
  Summary counts_;
  std::set<ErrorCode> failures_;
};

}  // namespace tokprep::cli
