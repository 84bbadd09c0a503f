#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "pipeline/folder.h"

namespace tokprep::cli {

/// The items of a manifest (README, "A manifest"), in its order. "-" is stdin.
///
/// Paths are taken from the manifest's folder (of stdin: from the current one) and may lead anywhere. Sidecars are not
/// looked for: the line says it all. The name of an item is the path of its (first) file; where the manifest has it
/// several times, with the line behind it. A line that cannot be used is an item that fails, named by file and line.
/// Output stems are distinct.
/// Errors: those of `ManifestReader`; kInvalidArgument (a column that is unknown, no column "media", no items).
Result<std::vector<Item>> manifest_items(const std::filesystem::path& manifest, std::stop_token stop);

/// The folder that a manifest's paths start from; empty, for the current one, of stdin and of what a shell makes of
/// <(command).
std::filesystem::path folder_of_manifest(const std::filesystem::path& manifest);

}  // namespace tokprep::cli
