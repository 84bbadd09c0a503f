#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace tokprep::test {

/// The folder of real files: TOKPREP_MEDIA_DIR, else `shared/media` beside the sources. It may be missing.
inline std::filesystem::path media_folder() {
  if (const char* folder = std::getenv("TOKPREP_MEDIA_DIR")) return folder;
  return std::filesystem::path(TOKPREP_SOURCE_DIR) / ".." / "shared" / "media";
}

/// The files of one of its sub-folders, by name; empty where there are none.
inline std::vector<std::filesystem::path> media_files(const char* sub_folder) {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(media_folder() / sub_folder, missing)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace tokprep::test
