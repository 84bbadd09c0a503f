#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// The files of one job, opened here so that the worker need not, and may not, open anything by name: inputs to be
/// read alone, outputs to be written and read back. What the job fails to fill and was not there before is removed.
class JobFiles {
 public:
  /// Inputs must be regular files, and are refused by name if they are not; outputs too, and are made where they are
  /// missing. Empty paths are passed over: the worker says what is wrong with them.
  /// Errors: those of `open_input`; kOutputUnwritable, kNoSpace, kIo.
  static Result<JobFiles> open(std::initializer_list<std::string> inputs, const std::vector<std::string>& outputs,
                               const RunContext& run);

  JobFiles() = default;
  JobFiles(JobFiles&&) = default;
  JobFiles& operator=(JobFiles&&) = default;
  ~JobFiles();

  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

  /// One for each of `paths()`, owned by this.
  [[nodiscard]] std::vector<int> descriptors() const;

  /// The outputs are filled.
  void keep_outputs() { made_.clear(); }

 private:
  std::vector<std::string> paths_;
  std::vector<FileDescriptor> files_;
  std::vector<std::filesystem::path> made_;
};

}  // namespace tokprep
