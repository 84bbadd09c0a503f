#include "pipeline/originals.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// A file as its folder knows it, whatever it links to.
fs::path own_name(const fs::path& file, const fs::path& folder) { return folder / file.filename(); }

fs::path folder_of(const fs::path& file) {
  std::error_code failed;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  fs::path whole = fs::weakly_canonical(folder, failed);
  return failed ? folder : whole;
}

fs::path resolved(const fs::path& file) {
  std::error_code failed;
  fs::path whole = fs::weakly_canonical(file, failed);
  return failed ? file : whole;
}

}  // namespace

void Originals::read_names() const {
  std::pair<fs::path, fs::path> last;  // most files lie in the folder of the one before
  const auto add = [&](const fs::path& file) {
    if (names_.empty() || last.first != file.parent_path()) last = {file.parent_path(), folder_of(file)};
    const fs::path name = own_name(file, last.second);
    names_.insert(name.native());
    std::error_code failed;
    if (fs::is_symlink(name, failed)) names_.insert(resolved(name).native());
  };
  for (const Item& item : items_) {
    std::ranges::for_each(item.sources, add);
    if (item.cover) add(*item.cover);
  }
  if (cover_) add(*cover_);
}

bool Originals::contains(const fs::path& path) const {
  std::call_once(once_, [this] { read_names(); });
  return names_.contains(own_name(path, folder_of(path)).native()) || names_.contains(resolved(path).native());
}

bool takes_place_of(const fs::path& path, const fs::path& original) {
  return own_name(path, folder_of(path)) == own_name(original, folder_of(original)) ||
         resolved(path) == resolved(original);
}

}  // namespace tokprep
