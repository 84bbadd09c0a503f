#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace tokprep {

/// Gives every item of a run a stem of its own. Asked in the same order, it answers the same.
///
/// Stems that differ in the case of ASCII letters alone count as one: the outputs may go to a disk that takes them for
/// one. None ends in ".part2": so end the outputs of an item that is split, whose names nobody else may have. A name
/// too long what is put around it (".NAME.part2.cover.jpg.part") is cut, and ends in eight digits that stand for the
/// whole.
class OutputStems {
 public:
  /// `wanted`, else `wanted` with `extension` (".mov"; may be empty), else `wanted-2`, `wanted-3` …
  std::filesystem::path claim(const std::filesystem::path& wanted, const std::string& extension);

  /// Exactly this one; false where another item has it.
  bool take(const std::filesystem::path& stem);

 private:
  bool give(const std::filesystem::path& stem);

  // As text, in lower case: paths keep each part by themselves.
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> next_;  // number to try, of stems that were asked for often
};

}  // namespace tokprep
