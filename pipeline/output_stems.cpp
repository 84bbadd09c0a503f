#include "pipeline/output_stems.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// A name has 255 bytes on every file system we meet; the longest of what is put around a stem has some 40.
constexpr std::size_t kNameMaxBytes = 200;

/// "talk" of "talk.part12"; empty where it is no name of a part.
std::string without_part(const std::string& stem) {
  return is_name_of_part(stem) ? stem.substr(0, stem.rfind(".part")) : std::string();
}

/// Stems whose outputs have names that this one's would have.
struct Met {
  std::vector<std::string> stems;
  std::string photos;  ///< only where it is a folder of pictures; empty: none
};

Met met_by(const std::string& stem, OutputShape shape) {
  static constexpr std::string_view kCover = ".cover";
  Met met;
  if (auto whole = without_part(stem); !whole.empty()) met.stems.push_back(std::move(whole));
  if (shape == OutputShape::kVideo || shape == OutputShape::kPhotos) return met;
  // A picture: `beach.cover` becomes beach.cover.jpg, `look/01` becomes look/01.jpg.
  if (stem.ends_with(kCover)) {
    const std::string video = stem.substr(0, stem.size() - kCover.size());
    met.stems.push_back(video);
    if (auto whole = without_part(video); !whole.empty()) met.stems.push_back(std::move(whole));
  }
  const std::size_t slash = stem.rfind('/');
  const bool has_number = slash != std::string::npos && stem.find_first_not_of("0123456789", slash + 1) == stem.npos;
  if (has_number) met.photos = stem.substr(0, slash);
  return met;
}

}  // namespace

bool is_name_of_part(const std::string& name) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  return digits > 0 && digits < name.size() && to_lower(name.substr(0, digits)).ends_with(".part");
}

fs::path fitting_stem(const fs::path& stem) {
  const std::string name = stem.filename().string();
  if (name.size() <= kNameMaxBytes) return stem;
  const std::string mark = "~" + sha256_of(name).substr(0, 8);
  std::size_t length = kNameMaxBytes - mark.size();
  while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;
  return stem.parent_path() / (name.substr(0, length) + mark);
}

OutputShape shape_of(std::optional<MediaKind> kind) {
  if (!kind) return OutputShape::kUnknown;
  return *kind == MediaKind::kVideo ? OutputShape::kVideo : OutputShape::kImage;
}

bool OutputStems::give(const fs::path& stem, OutputShape shape) {
  return !is_name_of_part(stem.filename().native()) && take(stem, shape);
}

bool OutputStems::has(const fs::path& stem) const { return taken_.contains(to_lower(stem.native())); }

bool OutputStems::take(const fs::path& stem, OutputShape shape) {
  const std::string key = to_lower(stem.native());
  const bool is_photos = shape == OutputShape::kPhotos;
  const Met met = met_by(key, shape);
  const bool meets = taken_.contains(key) || met_.contains(key) || (is_photos && met_by_photos_.contains(key)) ||
                     std::ranges::any_of(met.stems, [this](const std::string& one) { return taken_.contains(one); }) ||
                     photos_.contains(met.photos);
  if (meets) return false;
  taken_.insert(key);
  if (is_photos) photos_.insert(key);
  met_.insert(met.stems.begin(), met.stems.end());
  if (!met.photos.empty()) met_by_photos_.insert(met.photos);
  return true;
}

fs::path OutputStems::claim(const fs::path& wanted, const std::string& extension, OutputShape shape) {
  const fs::path plain = fitting_stem(wanted);
  if (give(plain, shape)) return plain;
  fs::path stem = wanted;
  stem += extension;
  stem = fitting_stem(stem);
  if (give(stem, shape)) return stem;
  for (int& number = next_.try_emplace(to_lower(plain.native()), 2).first->second;;) {
    stem = plain;
    stem += "-" + std::to_string(number++);
    if (give(stem, shape)) return stem;
  }
}

}  // namespace tokprep
