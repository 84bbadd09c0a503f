#include "pipeline/worker_answer.h"

#include <utility>

namespace tokprep {
namespace {

constexpr const char* kFixOfDamage = "the file is damaged: copy or export it again from where it came from";

}  // namespace

Error misfit(std::string message, std::string file) {
  Error error;
  error.code = ErrorCode::kWorkerFailed;
  error.message = std::move(message);
  error.file = std::move(file);
  return error;
}

WorkerAnswer read_answer(const Json& line, int id) {
  WorkerAnswer answer;
  if (!line.is_object() || line.value("id", Json()) != id) return answer;
  if (line.contains("result")) answer.result = line["result"];
  if (line.contains("error")) {
    Error error = parse_as<Error>(line["error"], "the worker's error")
                      .value_or(misfit("the worker failed, and what it said of that makes no sense", ""));
    if (error.code == ErrorCode::kCorruptInput && error.fix.empty()) error.fix = kFixOfDamage;
    answer.error = std::move(error);
  }
  if (line.contains("progress") && line["progress"].is_object()) {
    const Json stage = line["progress"].value("stage", Json());
    const Json done = line["progress"].value("done", Json());
    if (stage.is_string() && done.is_number()) answer.progress = Progress{stage.get<std::string>(), done.get<double>()};
  }
  return answer;
}

}  // namespace tokprep
