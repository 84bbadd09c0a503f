#pragma once

#include <optional>
#include <string>

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

WorkerAnswer read_answer(const Json& line, int id);

/// For an answer that does not fit: the worker's failure, not a mistake of the user's.
Error misfit(std::string message, std::string file);

}  // namespace tokprep
