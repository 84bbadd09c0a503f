#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "codecs/cage.h"

namespace tokprep {

/// How a worker is to be locked in; its command line: `--cage=prefer --memory-bytes=N --output-bytes=N`.
struct CageOptions {
  CageMode mode = CageMode::kPrefer;
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;  ///< of address space that is written to
  std::uint64_t output_bytes = std::uint64_t{8} << 30;  ///< of any one file
};

/// Error: kInvalidArgument naming the word.
Result<CageOptions> cage_options_of(std::span<char* const> arguments);

/// Locks this process in, for good: no network, no programs, no tracing, no file by name but a few that libraries read
/// late and those beneath $TMPDIR, an empty environment, no privileges, bounded memory, time and files.
///
/// Call it when the libraries are loaded, while there is one thread, and before anything of a stranger's is read.
/// What the kernel does not have is left out and told of in the report; whether that will do is the caller's to judge.
CageReport enter_cage(const CageOptions& options);

}  // namespace tokprep
