#include "pipeline/output_stems.h"

#include "base/digest.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// A name has 255 bytes on every file system we meet; the longest of what is put around a stem has some 40.
constexpr std::size_t kNameMaxBytes = 200;

/// The last part of `stem`, cut between two characters where it is too long.
fs::path fitting(const fs::path& stem) {
  const std::string name = stem.filename().string();
  if (name.size() <= kNameMaxBytes) return stem;
  const std::string mark = "~" + sha256_of(name).substr(0, 8);
  std::size_t length = kNameMaxBytes - mark.size();
  while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;
  return stem.parent_path() / (name.substr(0, length) + mark);
}

/// "talk.part12", as `--too-long split` and `--too-many split` name what they make of "talk".
bool is_name_of_part(const std::string& name) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  return digits > 0 && digits < name.size() && to_lower(name.substr(0, digits)).ends_with(".part");
}

}  // namespace

bool OutputStems::give(const fs::path& stem) { return !is_name_of_part(stem.filename().native()) && take(stem); }

bool OutputStems::take(const fs::path& stem) { return taken_.insert(to_lower(stem.native())).second; }

fs::path OutputStems::claim(const fs::path& wanted, const std::string& extension) {
  const fs::path plain = fitting(wanted);
  if (give(plain)) return plain;
  fs::path stem = wanted;
  stem += extension;
  stem = fitting(stem);
  if (give(stem)) return stem;
  for (int& number = next_.try_emplace(to_lower(plain.native()), 2).first->second;;) {
    stem = plain;
    stem += "-" + std::to_string(number++);
    if (give(stem)) return stem;
  }
}

}  // namespace tokprep
