#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/certificate.h"
#include "pipeline/noted_item.h"

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
/// run need not read it, and what was moved its new place; a certificate that cannot be written stays as it is.
///
/// Anything else, a damaged certificate included, is nothing.
std::optional<EarlierResult> earlier_result(const Item& item, const std::filesystem::path& output_dir,
                                            const std::string& settings, bool by_digests, const RunContext& run);

/// SHA-256 of each of the item's sources in order. Read is only what is not as the item's certificate has marked it.
/// Errors: those of `mark_source`.
Result<std::vector<std::string>> source_digests_of(const Item& item, const std::filesystem::path& output_dir,
                                                   const RunContext& run);

/// Removes what the certificate standing at `path` names as its outputs and `outputs` does not, where it is still as
/// it was made: the tenth picture of what are nine now, a JPEG that is a WebP now. What `is_original` of the run stays.
void remove_outdated(const std::filesystem::path& path, const std::vector<OutputRecord>& outputs,
                     const std::function<bool(const std::filesystem::path&)>& is_original, const RunContext& run);

}  // namespace tokprep
