#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "pipeline/cli/command.h"

namespace tokprep::cli {

/// The tokprep.toml of folders, each read once for all the items below it, and again when it changed. Thread-safe.
class FolderLayers {
 public:
  /// What `folder`'s tokprep.toml says; null where there is none. `tree` is the folder that a link must not leave.
  /// Errors: those of `read_toml_layer`; kInvalidArgument for a link that leads out.
  Result<std::shared_ptr<const SettingsLayer>> layer_of(const std::filesystem::path& folder,
                                                        const std::filesystem::path& tree);

 private:
  /// Which file it was, as it was when it was read.
  struct Look {
    unsigned long long device = 0;
    unsigned long long inode = 0;
    long long size_bytes = 0;
    long long modified_ns = 0;
    bool operator==(const Look&) const = default;
  };
  struct Entry {
    Look look;
    Result<std::shared_ptr<const SettingsLayer>> layer;
  };

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace tokprep::cli
