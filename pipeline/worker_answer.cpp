#include "pipeline/worker_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "pipeline/disk_room.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kStages = {"probe", "transcode", "remux", "convert", "thumbnail", "verify"};

constexpr const char* kFixOfDamage = "the file is damaged: copy or export it again from where it came from";

Error not_believed(Error error, const char* why, const char* fix) {
  error.message += fmt::format("; the worker says so ({}), but {}", to_string(error.code), why);
  error.code = ErrorCode::kWorkerFailed;
  error.fix = fix;
  return error;
}

std::optional<Progress> progress_of(const Json& said) {
  if (!said.is_object()) return std::nullopt;
  const auto stage = said.find("stage"), done = said.find("done");
  if (stage == said.end() || done == said.end() || !stage->is_string() || !done->is_number()) return std::nullopt;
  const auto& name = stage->get_ref<const std::string&>();
  if (std::ranges::find(kStages, name) == kStages.end()) return std::nullopt;
  return Progress{name, std::clamp(done->get<double>(), 0.0, 1.0)};
}

}  // namespace

Error believed(Error error, bool stop_was_asked, const std::vector<fs::path>& places) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kInputUnreadable:
    case ErrorCode::kUnsupportedInput:
    case ErrorCode::kCorruptInput:
    case ErrorCode::kNotCompliant:
    case ErrorCode::kWorkerFailed:
    case ErrorCode::kOutputUnwritable:
    case ErrorCode::kIo:
    case ErrorCode::kInternal:
      return error;
    case ErrorCode::kNoSpace:
      if (std::abs(error.native) == EDQUOT || std::ranges::any_of(places, has_little_room)) return error;
      return not_believed(std::move(error), "there is room on that disk", "run again");
    case ErrorCode::kCancelled:
      if (stop_was_asked) return error;
      return not_believed(std::move(error), "nobody asked for a stop", kFixOfDamage);
    default:
      return not_believed(std::move(error), "no worker can know", kFixOfDamage);
  }
}

Error misfit(std::string message, std::string file) {
  Error error;
  error.code = ErrorCode::kWorkerFailed;
  error.message = std::move(message);
  error.file = std::move(file);
  return error;
}

// Looked at where it stands and moved out: a hostile worker's line may be megabytes, and copies cost many times that.
WorkerAnswer read_answer(Json line, int id) {
  WorkerAnswer answer;
  if (!line.is_object()) return answer;
  const auto about = line.find("id");
  if (about == line.end() || *about != id) return answer;
  if (const auto result = line.find("result"); result != line.end()) answer.result = std::move(*result);
  if (const auto said = line.find("error"); said != line.end()) {
    Error error = parse_as<Error>(*said, "the worker's error")
                      .value_or(misfit("the worker failed, and what it said of that makes no sense", ""));
    error.signal = 0;
    error.stage.clear();  // it lives, and was not lost at any
    if (error.code == ErrorCode::kCorruptInput && error.fix.empty()) error.fix = kFixOfDamage;
    answer.error = std::move(error);
  }
  if (const auto progress = line.find("progress"); progress != line.end()) answer.progress = progress_of(*progress);
  return answer;
}

}  // namespace tokprep
