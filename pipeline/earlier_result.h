#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/run_context.h"
#include "pipeline/certificate.h"

namespace tokprep {

/// What an earlier run left, if it still holds.
struct EarlierResult {
  std::string kind;
  std::vector<OutputFile> outputs;
  std::vector<std::string> source_digests;
  std::optional<std::int64_t> duration_us;
  Json plan;
  std::string summary;
};

/// Looks at the item's certificate: same settings, every source the same in the same order, every output there and
/// whole.
///
/// A source is the same by its size and times, else by its digest (`SourceMark`); where it lies now does not matter. An
/// output is whole by its size and the time it was last written to, else by its digest. `by_digests` reads all of them
/// in any case. Whatever had to be read and was the same gets its new times noted in the certificate, so that the next
/// run need not read it; a certificate that cannot be written stays as it is.
///
/// Anything else, a damaged certificate included, is nothing.
std::optional<EarlierResult> earlier_result(const Item& item, const std::filesystem::path& output_dir,
                                            const std::string& settings, bool by_digests, const RunContext& run);

/// An output as a certificate has it.
struct NotedOutput {
  std::filesystem::path path;  ///< plain
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::string sha256;
};

/// The outputs that the certificate at `certificate` names, or a part that becomes one: they lie below its folder.
/// None where there is none, or it is none of ours.
std::vector<NotedOutput> noted_outputs(const std::filesystem::path& certificate);

/// True where the output stands as it was made: by its size and time, else by its digest.
bool is_as_noted(const NotedOutput& output, const RunContext& run);

/// Removes what the certificate standing at `path` names as its outputs and `outputs` does not, where it is still as
/// it was made: the tenth picture of what are nine now, a JPEG that is a WebP now.
void remove_outdated(const std::filesystem::path& path, const std::vector<OutputRecord>& outputs,
                     const RunContext& run);

}  // namespace tokprep
