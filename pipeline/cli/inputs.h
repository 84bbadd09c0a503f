#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "pipeline/cli/output.h"
#include "pipeline/folder.h"

namespace tokprep::cli {

struct InputRequest {
  const std::vector<std::filesystem::path>& inputs;
  bool carousel = false;
  std::optional<std::filesystem::path> output_dir;     ///< not walked where it lies inside an input
  std::optional<std::filesystem::path> manifest = {};  ///< in place of inputs
};

/// The items of all inputs, or of the manifest, and a note to `out` for everything left out. An input that cannot be
/// used becomes an item that fails with the reason, so that the others are done all the same.
std::vector<Item> collect(const InputRequest& request, Output& out, const std::stop_token& stop);

/// The folders whose tokprep.toml holds for what is below them: those among the inputs, or that of the manifest.
/// Absolute and plain, so that items are quickly found below them.
std::vector<std::filesystem::path> settings_roots(const InputRequest& request);

/// Files named one by one, as items that carry nothing but their name; folders are replaced by the media in them.
std::vector<Item> plain_files(const std::vector<std::filesystem::path>& files, Output& out,
                              const std::stop_token& stop);

}  // namespace tokprep::cli
