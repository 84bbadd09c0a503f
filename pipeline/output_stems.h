#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "codecs/media_info.h"

namespace tokprep {

/// `stem`, the last part of it cut where it is too long for what is put around it.
std::filesystem::path fitting_stem(const std::filesystem::path& stem);

/// "talk.part12", as `--too-long split` and `--too-many split` name what they make of "talk".
bool is_name_of_part(const std::string& name);

/// What becomes of an item: the names of its outputs depend on it.
enum class OutputShape { kVideo, kImage, kPhotos, kUnknown };

/// Of one file.
OutputShape shape_of(std::optional<MediaKind> kind);

/// Gives every item of a run a stem of its own. Asked in the same order, it answers the same.
///
/// Stems that differ in the case of ASCII letters alone count as one: the outputs may go to a disk that takes them for
/// one. None ends in ".part2": so end the outputs of an item that is split, whose names nobody else may have. A name
/// too long what is put around it (".NAME.part2.cover.jpg.part") is cut, and ends in eight digits that stand for the
/// whole.
///
/// Nor has one item a stem that an output of another is named by: `beach.cover.jpg` and `beach.part2.mp4` are made of a
/// video `beach`, `look/01.jpg` and `look.part2/01.jpg` of the pictures `look`.
class OutputStems {
 public:
  /// `wanted`, else `wanted` with `extension` (".mov"; may be empty), else `wanted-2`, `wanted-3` …
  std::filesystem::path claim(const std::filesystem::path& wanted, const std::string& extension,
                              OutputShape shape = OutputShape::kUnknown);

  /// Exactly this one; false where another item has it, or names that would meet.
  bool take(const std::filesystem::path& stem, OutputShape shape = OutputShape::kUnknown);

  /// Whether an item has exactly this one.
  [[nodiscard]] bool has(const std::filesystem::path& stem) const;

 private:
  bool give(const std::filesystem::path& stem, OutputShape shape);

  // As text, in lower case: paths keep each part by themselves.
  std::unordered_set<std::string> taken_;
  std::unordered_set<std::string> photos_;         // those of `taken_` that are folders of pictures
  std::unordered_set<std::string> met_;            // stems whose outputs would meet what is taken
  std::unordered_set<std::string> met_by_photos_;  // the same of folders of pictures alone
  std::unordered_map<std::string, int> next_;      // number to try, of stems that were asked for often
};

}  // namespace tokprep
