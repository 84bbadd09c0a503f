#include "base/handed_files.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

namespace tokprep {
namespace {

// Of the job at hand. Workers do one job at a time, and code deep inside decoders' callbacks asks.
const std::vector<HandedFiles::Entry>* current = nullptr;

}  // namespace

HandedFiles::HandedFiles(std::vector<Entry> files) : files_(std::move(files)) { current = &files_; }

HandedFiles::~HandedFiles() { current = nullptr; }

std::optional<FileDescriptor> HandedFiles::duplicate(const std::string& path) {
  if (current == nullptr) return std::nullopt;
  const auto found = std::ranges::find(*current, path, &Entry::path);
  if (found == current->end()) return std::nullopt;
  return FileDescriptor(::fcntl(found->file.get(), F_DUPFD_CLOEXEC, 3));
}

}  // namespace tokprep
