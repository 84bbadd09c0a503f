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

}  // namespace

bool OutputStems::take(const fs::path& stem) { return taken_.insert(to_lower(stem.native())).second; }

fs::path OutputStems::claim(const fs::path& wanted, const std::string& extension) {
  const fs::path plain = fitting(wanted);
  if (take(plain)) return plain;
  fs::path stem = wanted;
  stem += extension;
  stem = fitting(stem);
  if (take(stem)) return stem;
  for (int number = 2;; ++number) {
    stem = plain;
    stem += "-" + std::to_string(number);
    if (take(stem)) return stem;
  }
}

}  // namespace tokprep
