#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"

namespace tokprep {

/// Files that were opened by somebody else and handed over as descriptors, each standing for a path.
///
/// A caged worker may open nothing by name: its supervisor opens what a job is about and hands it over. While one of
/// these exists, `open_for_reading` and `open_for_writing` give a duplicate of the descriptor that stands for a path
/// instead of opening it; paths that nothing stands for are opened as ever.
///
/// Duplicates share one file offset: whoever uses them reads and writes at offsets of its own (pread, pwrite).
/// Process-wide; one at a time, made before and destroyed after all use by other threads.
class HandedFiles {
 public:
  struct Entry {
    std::string path;
    FileDescriptor file;
  };

  explicit HandedFiles(std::vector<Entry> files);
  ~HandedFiles();
  HandedFiles(const HandedFiles&) = delete;
  HandedFiles& operator=(const HandedFiles&) = delete;

  /// A descriptor of the caller's own for the file that stands for `path`; nothing where none was handed over. It is
  /// invalid, with errno set, where no more descriptors can be had.
  static std::optional<FileDescriptor> duplicate(const std::string& path);

 private:
  std::vector<Entry> files_;
};

}  // namespace tokprep
