#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/run_context.h"
#include "pipeline/source_mark.h"

namespace tokprep {

/// An output as a certificate has it.
struct NotedOutput {
  std::filesystem::path path;  ///< plain
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::string sha256;
};

/// What a certificate tells of whose it is: what went in, and what came out.
struct NotedItem {
  std::string name;                 ///< of the item, as its run was given it
  std::vector<SourceMark> sources;  ///< without a cover of the item's own; of an older one perhaps the paths alone
  std::vector<NotedOutput> outputs;
};

// A certificate may be anybody's file. A true one stays far below both: 35 images come to some hundred kilobytes, and a
// whole day that is split into parts of ten minutes to 144 videos and their covers, of 4 kB each.
inline constexpr std::size_t kCertificateMaxBytes = std::size_t{2} << 20;
inline constexpr std::size_t kOutputsMax = 600;  // and sources

/// True where `file`, as it is spelt (normal), lies somewhere in `folder`: what a certificate that stands there may
/// name as its outputs.
bool is_below(const std::filesystem::path& file, const std::filesystem::path& folder);

/// Reads the certificate at `certificate`, or a part that becomes one. `folder`: where it will stand, which the outputs
/// are named from. One without outputs, and nothing else, where there is none, it is none of ours, or is larger than
/// ours are; outputs that do not lie below `folder` were not made by its item, and are not told.
NotedItem read_noted_item(const std::filesystem::path& certificate, const std::filesystem::path& folder);

/// The outputs alone.
std::vector<NotedOutput> noted_outputs(const std::filesystem::path& certificate);

/// True where the output stands as it was made: by its size and time, else by its digest.
bool is_as_noted(const NotedOutput& output, const RunContext& run);

}  // namespace tokprep
