#include "pipeline/cli/run_record.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/units.h"
#include "pipeline/cli/terminal_text.h"
#include "upload/url.h"

namespace tokprep::cli {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Programs whose text may hold a key, and a proxy's URL its password.
constexpr std::array kSecretive = {std::string_view("--api-key-command"), std::string_view("--profile-key-command"),
                                   std::string_view("--proxy")};

std::string milliseconds_text(Clock::TimePoint time) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  std::string text = to_iso8601(time);
  text.insert(text.size() - 1, fmt::format(".{:03}", since.count() % 1000));
  return text;
}

std::string duration_since(SteadyTime began) {
  return format_duration(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began));
}

std::string post_text(const PostOutcome& post) {
  std::string text = fmt::format("post {}", post.status);
  if (!post.id.empty()) text += ", id " + post.id;
  if (post.schedule_date) text += ", goes out " + *post.schedule_date;
  return text;
}

/// A line of ours begins with its time.
bool begins_a_log(std::string_view head) {
  constexpr std::string_view kDate = "0000-00-00T";
  const auto fits = [](char wanted, char there) {
    return wanted == '0' ? there >= '0' && there <= '9' : there == wanted;
  };
  return head.size() >= kDate.size() && std::equal(kDate.begin(), kDate.end(), head.begin(), fits);
}

constexpr AppendFile::Kind kLog{"log", begins_a_log, false};
constexpr AppendFile::Kind kTrace{"trace", TraceFile::begins, true};

/// Exit codes that are no fault of the run's.
LogLevel level_of(const Summary& summary) { return summary.exit_code == 0 ? LogLevel::kInfo : LogLevel::kWarn; }

}  // namespace

Result<std::unique_ptr<RunRecord>> RunRecord::open(const RecordOptions& options, Output& out) {
  std::unique_ptr<RunRecord> record(new RunRecord(options.level, out));
  const auto tell = [&out](const Error& error) { out.say(describe(error) + "; the run goes on without"); };
  if (options.log) {
    TOKPREP_ASSIGN(auto file, AppendFile::open(*options.log, kLog, tell));
    record->log_.emplace(std::move(file));
  }
  if (options.trace) {
    TOKPREP_ASSIGN(auto file, AppendFile::open(*options.trace, kTrace, tell));
    record->trace_.emplace(std::move(file));
  }
  return record;
}

void RunRecord::note(LogLevel level, std::string_view item, std::string_view message) {
  if (!wants(level)) return;
  const std::string name = item.empty() ? "-" : to_line(Json(std::string(item)));
  log_->write(fmt::format("{} {} {} {} {}", milliseconds_text(system_clock().now()), name_of(level), ::getpid(), name,
                          shown(message)));
}

void RunRecord::begin_span(std::string_view name, const Json& arguments) {
  if (trace_) trace_->begin_span(name, arguments);
}

void RunRecord::end_span() {
  if (trace_) trace_->end_span();
}

void RunRecord::count(std::string_view name, int change) {
  if (trace_) trace_->count(name, change);
}

void RunRecord::on(const Event& event) {
  if (log_) std::visit([this](const auto& one) { take(one); }, event);
  out_.on(event);
}

void RunRecord::say(std::string_view text) {
  note(LogLevel::kInfo, "", text);
  out_.say(text);
}

void RunRecord::warn(std::string_view text) {
  note(LogLevel::kWarn, "", text);
  out_.warn(text);
}

void RunRecord::failure(const Error& error) {
  note(LogLevel::kError, "", fmt::format("{}: {}", to_string(error.code), describe(error)));
  out_.failure(error);
}

void RunRecord::reopen_files() {
  if (!log_) return;
  if (Status reopened = log_->reopen(); !reopened) out_.say(describe(reopened.error()));
}

void RunRecord::take(const ItemStarted& event) {
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    under_way_[event.item] = {now, now, ""};
  }
  note(LogLevel::kInfo, event.item, fmt::format("begun, {}", event.kind));
}

void RunRecord::take(const ItemProgress& event) {
  const std::lock_guard lock(mutex_);
  const auto place = under_way_.find(event.item);
  if (place == under_way_.end() || place->second.stage == event.stage) return;
  end_stage(event.item, place->second);
  place->second.stage = event.stage;
  place->second.stage_began = std::chrono::steady_clock::now();
}

void RunRecord::end_stage(const std::string& item, UnderWay& under_way) {
  if (under_way.stage.empty()) return;
  note(LogLevel::kDebug, item, fmt::format("{} took {}", under_way.stage, duration_since(under_way.stage_began)));
}

std::string RunRecord::time_of(const std::string& item) {
  const std::lock_guard lock(mutex_);
  const auto place = under_way_.find(item);
  if (place == under_way_.end()) return "";
  end_stage(item, place->second);
  std::string text = " in " + duration_since(place->second.began);
  under_way_.erase(place);
  return text;
}

void RunRecord::take(const ItemNote& event) { note(LogLevel::kInfo, event.item, event.message); }

void RunRecord::take(const ItemDone& event) {
  std::string text = fmt::format("{}{}: {}", event.dry_run ? "planned" : "done", time_of(event.item), event.summary);
  for (const OutputFile& output : event.outputs) text += fmt::format("; {} ({} bytes)", output.path, output.size_bytes);
  if (event.post) text += "; " + post_text(*event.post);
  note(LogLevel::kInfo, event.item, text);
}

void RunRecord::take(const ItemSkipped& event) {
  note(LogLevel::kInfo, event.item, fmt::format("skipped{}: {}", time_of(event.item), event.reason));
}

void RunRecord::take(const ItemFailed& event) {
  const std::string time = time_of(event.item);
  note(LogLevel::kError, event.item,
       fmt::format("failed{}: {}: {}", time, to_string(event.error.code), describe(event.error)));
}

void RunRecord::take(const Probed& event) {
  note(LogLevel::kInfo, event.item, fmt::format("probed{}", time_of(event.item)));
}

void RunRecord::take(const PostStatus& event) {
  const LogLevel level = event.error ? LogLevel::kError : LogLevel::kInfo;
  note(level, event.item, post_text(event.post) + (event.error ? ": " + describe(*event.error) : ""));
}

void RunRecord::take(const Summary& event) {
  note(level_of(event), "",
       fmt::format("ended: {} items, {} done, {} failed, {} skipped; exit code {}", event.items, event.done,
                   event.failed, event.skipped, event.exit_code));
}

std::string shown_arguments(std::span<const std::string> arguments) {
  std::string text;
  bool hide = false;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    const std::string_view name = std::string_view(argument).substr(0, equals);
    const bool is_secretive = std::ranges::find(kSecretive, name) != kSecretive.end();
    std::string shown_one = argument;
    if (std::exchange(hide, is_secretive && equals == std::string::npos)) shown_one = "***";
    else if (is_secretive && equals != std::string::npos) shown_one = fmt::format("{}=***", name);
    else if (argument.find("://") != std::string::npos) shown_one = shown_url(argument);
    text += fmt::format("{}{}", text.empty() ? "" : " ", to_line(Json(shown_one)));
  }
  return text;
}

}  // namespace tokprep::cli
