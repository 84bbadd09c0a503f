#include "pipeline/cli/folder_layers.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/folder_bounds.h"
#include "pipeline/cli/toml_layer.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

using Layer = std::shared_ptr<const SettingsLayer>;

constexpr const char* kFolderFile = "tokprep.toml";

bool leads_out(const fs::path& link, const fs::path& tree) {
  std::error_code failed;
  const fs::path target = fs::canonical(link, failed);
  if (failed) return false;  // reading it will tell
  const fs::path root = fs::canonical(tree, failed);
  return failed || std::ranges::mismatch(root, target).in1 != root.end();
}

Result<Layer> read_layer(const fs::path& file, const fs::path& tree) {
  std::error_code failed;
  if (fs::is_symlink(file, failed) && leads_out(file, tree)) {
    Error error;
    error.code = ErrorCode::kInvalidArgument;
    error.file = file.string();
    error.message = fmt::format("{}: a link that leads out of the folder", file.string());
    error.fix = "put the file itself there";
    return fail(std::move(error));
  }
  TOKPREP_ASSIGN(const FileDescriptor opened, FolderBounds(tree).open(file));
  TOKPREP_ASSIGN(const std::string text, read_text_file(opened, file));
  TOKPREP_ASSIGN(SettingsLayer layer, parse_toml_layer(text, file, TomlOwner::kFolder));
  return std::make_shared<const SettingsLayer>(std::move(layer));
}

}  // namespace

Result<Layer> FolderLayers::layer_of(const fs::path& folder, const fs::path& tree) {
  const fs::path file = folder / kFolderFile;
  struct stat status {};
  struct stat link {};
  // A link that leads nowhere is there, and is told by reading it.
  if (::lstat(file.c_str(), &link) != 0) return Layer();
  if (::stat(file.c_str(), &status) != 0) return read_layer(file, tree);
  const Look look{status.st_dev, status.st_ino, status.st_size,
                  status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec};
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(file.native());
  if (known != entries_.end() && known->second.look == look) return known->second.layer;
  return entries_.insert_or_assign(file.native(), Entry{look, read_layer(file, tree)}).first->second.layer;
}

}  // namespace tokprep::cli
