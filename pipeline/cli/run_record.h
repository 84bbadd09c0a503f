#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/observer.h"
#include "pipeline/cli/append_file.h"
#include "pipeline/cli/output.h"
#include "pipeline/cli/trace_file.h"

namespace tokprep::cli {

struct RecordOptions {
  std::optional<std::filesystem::path> log;
  LogLevel level = LogLevel::kInfo;
  std::optional<std::filesystem::path> trace;
};

/// The log and the trace of a run: hears what the work tells its observer, and every event on its way to `out`.
/// Thread-safe.
///
/// A line of the log is `2026-11-23T03:22:01.123Z info 4711 "drop/beach.mov" done in 1.2 s: …`: time (UTC), level,
/// process, item as a JSON string or -, message. Neither our own library nor spdlog's file sink is asked for more than
/// that line; theirs goes through a stdio buffer, which tears long lines between processes and throws on a full disk.
class RunRecord final : public Observer, public Output {
 public:
  /// Passes everything on to `out`, which must outlive it; says there what could not be written.
  /// Errors: kOutputUnwritable, kNoSpace, kIo: the log or the trace cannot be opened.
  static Result<std::unique_ptr<RunRecord>> open(const RecordOptions& options, Output& out);

  // Observer
  void note(LogLevel level, std::string_view item, std::string_view message) override;
  void begin_span(std::string_view name, const Json& arguments) override;
  void end_span() override;
  void count(std::string_view name, int change) override;

  // Output
  void expect(const std::vector<Item>& items) override { out_.expect(items); }
  void expect_more(const std::vector<Item>& items) override { out_.expect_more(items); }
  void reopen_files() override;
  void on(const Event& event) override;
  void data(const Json& json, std::string_view text) override { out_.data(json, text); }
  void say(std::string_view text) override;
  void warn(std::string_view text) override;
  void failure(const Error& error) override;

 private:
  struct UnderWay {
    std::chrono::steady_clock::time_point began, stage_began;
    std::string stage;
  };

  explicit RunRecord(LogLevel level, Output& out) : level_(level), out_(out) {}
  [[nodiscard]] bool wants(LogLevel level) const { return log_ && level <= level_; }

  void take(const ItemStarted& event);
  void take(const ItemProgress& event);
  void take(const ItemNote& event);
  void take(const ItemDone& event);
  void take(const ItemSkipped& event);
  void take(const ItemFailed& event);
  void take(const Probed& event);
  void take(const PostStatus& event);
  void take(const Summary& event);
  /// " in 1.2 s" of an item that ended; its last stage is noted.
  std::string time_of(const std::string& item);
  void end_stage(const std::string& item, UnderWay& under_way);

  LogLevel level_;
  Output& out_;
  std::optional<AppendFile> log_;
  std::optional<TraceFile> trace_;
  std::mutex mutex_;
  std::map<std::string, UnderWay> under_way_;
};

/// The arguments of a run for its log: values of options that may hold a secret are "***", URLs are without user and
/// query.
std::string shown_arguments(std::span<const std::string> arguments);

}  // namespace tokprep::cli
