#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace tokprep::faults {

/// The whole file; empty where there is none.
std::string text_of(const std::filesystem::path& file);

/// The whole JSON lines of a file. A last line that a kill cut is left out; any other that is no object of ours is
/// {"type": "not_json", "line": …}.
std::vector<Json> lines_of(const std::filesystem::path& file);

}  // namespace tokprep::faults
