#pragma once

#include <filesystem>
#include <string>
#include <unordered_set>

namespace tokprep {

/// Gives every item of a run a stem of its own. Asked in the same order, it answers the same.
class OutputStems {
 public:
  /// `wanted`, else `wanted` with `extension` (".mov"; may be empty), else `wanted-2`, `wanted-3` …
  std::filesystem::path claim(const std::filesystem::path& wanted, const std::string& extension);

 private:
  std::unordered_set<std::string> taken_;  // as text: paths keep each part by itself
};

}  // namespace tokprep
