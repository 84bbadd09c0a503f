#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "pipeline/cli/output.h"
#include "pipeline/cli/streams.h"

namespace tokprep::cli {

/// The contract's JSON lines: one object a line, whole lines only, nothing else. Remarks are left out, and so is
/// progress within a stage of an item that comes within a tenth of a second of the last one told; all progress, where
/// nobody looks on.
class JsonSink final : public Output {
 public:
  explicit JsonSink(Writer out, bool tells_progress = true) : out_(std::move(out)), tells_progress_(tells_progress) {}

  void on(const Event& event) override;
  void data(const Json& json, std::string_view text) override;
  void say(std::string_view text) override;
  void failure(const Error& error) override;

 private:
  struct Told {
    std::string stage;
    std::chrono::steady_clock::time_point at;
  };

  bool is_news(const ItemProgress& progress);
  void forget(const Event& event);
  void line(const Json& json);

  std::mutex mutex_;
  Writer out_;
  const bool tells_progress_;
  std::unordered_map<std::string, Told> told_;  // by item, of those under way
};

}  // namespace tokprep::cli
