#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/prepare.h"
#include "pipeline/rules/rules.h"
#include "pipeline/worker_pool.h"
#include "tests/hostile/mutate.h"

namespace tokprep::hostile {

/// The platform's rules, but with a most of seconds short enough that no trial encodes for long.
Result<Rules> short_rules();

/// What a user might have asked for: each seed its own fit, format, treatment of what is too short or too long,
/// depth of the check and patience with damage. Always small and fast.
ConvertOptions draw_options(std::uint64_t seed);

struct Trial {
  std::uint64_t seed = 0;
  Mutation mutation;
  ConvertOptions options;
  bool second_look = false;  ///< have other programs read what was made
};

struct Outcome {
  std::optional<Error> error;                       ///< none: outputs were made
  std::vector<std::string> violations;              ///< what must not be; empty where all is well
  std::chrono::duration<double> longest_silence{};  ///< in which no progress was made
};

/// One file through the pipeline as `tokprep prepare FILE` takes it, in folders of its own below `folder`, removed
/// afterwards. Fine is a typed error that names the file and leaves nothing behind, or outputs that stand as their
/// certificate says, by whose verdicts no `must` is broken.
Outcome play(const Trial& trial, const Rules& rules, Workers& workers, const std::filesystem::path& folder);

}  // namespace tokprep::hostile
