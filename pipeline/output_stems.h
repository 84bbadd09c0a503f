#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace tokprep {

/// Gives every item of a run a stem of its own. Asked in the same order, it answers the same.
class OutputStems {
 public:
  /// `wanted`, else `wanted` with `extension` (".mov"; may be empty), else `wanted-2`, `wanted-3` …
  std::filesystem::path claim(const std::filesystem::path& wanted, const std::string& extension);

 private:
  std::set<std::filesystem::path> taken_;
};

}  // namespace tokprep
