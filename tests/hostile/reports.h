#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"

namespace tokprep::hostile {

/// What a sanitizer had against a worker.
struct Report {
  std::string what;   ///< its first line, without the process and addresses
  std::string where;  ///< the function and file, or the library, that did it; empty where no stack was printed
  bool ours = false;  ///< that is code of this project
};

/// The reports of AddressSanitizer and UndefinedBehaviorSanitizer in what workers printed. A report belongs to the
/// first frame of its stack that is neither the sanitizer's, nor the C or C++ library's.
std::vector<Report> find_reports(std::string_view text);

/// Sends what workers print to a file while it lives: they inherit this process's stderr.
class WorkerLog {
 public:
  explicit WorkerLog(std::filesystem::path file);
  WorkerLog(const WorkerLog&) = delete;
  WorkerLog& operator=(const WorkerLog&) = delete;
  ~WorkerLog();

  /// How much was printed so far, and all from there on.
  [[nodiscard]] std::uintmax_t size_bytes() const;
  [[nodiscard]] std::string text_from(std::uintmax_t offset) const;

 private:
  std::filesystem::path file_;
  FileDescriptor before_;
};

}  // namespace tokprep::hostile
