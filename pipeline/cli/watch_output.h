#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "pipeline/cli/failed_reasons.h"
#include "pipeline/cli/output.h"

namespace tokprep::cli {

/// The output of a watch, between its batches and the one it was given: leaves a reason for each failure, counts, and
/// keeps the batches' own summaries to itself. Thread-safe.
class WatchOutput final : public Output {
 public:
  /// Without `leaves_reasons` (a dry run) nothing is written.
  WatchOutput(Output& out, const std::filesystem::path& output_dir, bool leaves_reasons)
      : out_(out), reasons_(output_dir), leaves_reasons_(leaves_reasons) {}

  /// These are about to be done; each has one final event.
  void begin(const std::vector<Item>& items);

  /// What became of all items so far; an item that was done twice counts twice.
  [[nodiscard]] Summary counts() const;

  /// Of the failures so far; 0 where there is none.
  [[nodiscard]] int smallest_code() const;

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
  int smallest_code_ = 0;
};

}  // namespace tokprep::cli
