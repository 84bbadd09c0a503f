#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codecs/cage.h"

namespace tokprep::cli {

struct OptionSpec;

/// What workers may do and take, as one source of settings says it. Unset stays unset.
struct WorkerSettings {
  std::optional<CageMode> cage;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> output_bytes;
  std::optional<std::chrono::milliseconds> time;
  std::optional<std::chrono::milliseconds> cpu_time;
};

/// One of them, under the name it has in the user's config.toml; the flag has dashes, the variable is TOKPREP_….
struct WorkerField {
  std::string_view key;
  std::string_view value;  ///< for help: "SIZE"
  std::string_view help;
  Status (*set)(WorkerSettings&, std::string_view text);  ///< kInvalidArgument with a sentence about the value
};

std::span<const WorkerField> worker_fields();

/// What `stronger` says, and else `weaker`.
WorkerSettings merged(const WorkerSettings& stronger, const WorkerSettings& weaker);

/// The flags, for every verb that opens media.
std::vector<OptionSpec> worker_options_table();

}  // namespace tokprep::cli
