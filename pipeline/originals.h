#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "pipeline/folder.h"

namespace tokprep {

/// The files that a run is given: sources and covers of all its items. No output ever takes the place of one.
///
/// They are told by name, with links resolved: an output that is a hard link to its source may well be replaced. What
/// this costs is paid when it is first asked, which a run that meets no other files never does. Safe from several
/// threads.
class Originals {
 public:
  /// `items` must outlive it. `cover`: one for all of them, beside their own.
  explicit Originals(const std::vector<Item>& items, std::optional<std::filesystem::path> cover = {})
      : items_(items), cover_(std::move(cover)) {}

  /// True where a file written to `path` would take the place of one of them.
  [[nodiscard]] bool contains(const std::filesystem::path& path) const;

 private:
  void read_names() const;

  const std::vector<Item>& items_;
  std::optional<std::filesystem::path> cover_;
  mutable std::once_flag once_;
  mutable std::unordered_set<std::string> names_;
};

/// True where a file written to `path` would take the place of `original`, or of what that links to.
bool takes_place_of(const std::filesystem::path& path, const std::filesystem::path& original);

}  // namespace tokprep
