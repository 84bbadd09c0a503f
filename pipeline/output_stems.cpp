#include "pipeline/output_stems.h"

namespace tokprep {

std::filesystem::path OutputStems::claim(const std::filesystem::path& wanted, const std::string& extension) {
  if (taken_.insert(wanted.string()).second) return wanted;
  std::filesystem::path stem = wanted;
  stem += extension;
  if (taken_.insert(stem.string()).second) return stem;
  for (int number = 2;; ++number) {
    stem = wanted;
    stem += "-" + std::to_string(number);
    if (taken_.insert(stem.string()).second) return stem;
  }
}

}  // namespace tokprep
