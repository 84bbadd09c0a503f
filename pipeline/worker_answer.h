#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// One line of a worker, as far as it is well-formed and about the job with this id. Lines are read with suspicion: a
/// decoder that a hostile file has taken over writes them.
/// An error about a damaged file says what to do about it, also where the decoder had nothing to suggest.
struct WorkerAnswer {
  std::optional<Progress> progress;
  std::optional<Error> error;
  std::optional<Json> result;
};

WorkerAnswer read_answer(Json line, int id);

/// A worker's error, as far as it is believed. What a worker can meet is taken from it; what it cannot (the network's
/// errors, the service's) is the worker's failure. Two would end a whole batch and are checked: kCancelled is believed
/// once a stop was asked for, kNoSpace where little is left on one of the file systems of `places`, which it wrote to.
Error believed(Error error, bool stop_was_asked, const std::vector<std::filesystem::path>& places);

/// For an answer that does not fit: the worker's failure, not a mistake of the user's.
Error misfit(std::string message, std::string file);

}  // namespace tokprep
