#include "pipeline/cli/failed_reasons.h"

#include <system_error>

#include "base/clock.h"
#include "base/pending_file.h"

namespace tokprep::cli {

namespace fs = std::filesystem;

fs::path FailedReasons::path_of(const fs::path& output_stem) const {
  return folder_ / (output_stem.string() + ".reason.json");
}

Status FailedReasons::write(const ItemFailed& failed, const fs::path& output_stem) const {
  Json reason = to_json_line(failed);
  reason["at"] = to_iso8601(system_clock().now());
  return write_file(path_of(output_stem), reason.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void FailedReasons::remove(const fs::path& output_stem) const {
  const fs::path path = path_of(output_stem);
  std::error_code error;
  if (!fs::remove(path, error)) return;
  for (fs::path folder = path.parent_path(); fs::remove(folder, error); folder = folder.parent_path()) {
    if (folder == folder_) break;
  }
}

}  // namespace tokprep::cli
