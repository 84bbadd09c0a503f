#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"

namespace tokprep {

/// A note in the state folder of the stems whose outputs a run is making, as long as it lives.
///
/// A run that is killed leaves hidden parts beside its outputs (`PendingFile`), and its note. The next run over the
/// same output folder finds the note, which nobody holds any more, and removes those parts of its stems that nobody
/// holds either, whatever became of the items meanwhile. Nothing is looked for where no run was killed. The part of a
/// certificate stays: by it the outputs are told that have their names already. Where the note cannot be written, the
/// run does without. Safe from several threads.
class BegunOutputs {
 public:
  /// Clears away what killed runs left.
  BegunOutputs(const std::filesystem::path& state, const std::filesystem::path& output_dir);
  BegunOutputs(const BegunOutputs&) = delete;
  BegunOutputs& operator=(const BegunOutputs&) = delete;
  ~BegunOutputs();

  /// One item's work on its outputs.
  class Work {
   public:
    explicit Work(BegunOutputs* begun) : begun_(begun) {}
    Work(Work&& other) noexcept : begun_(std::exchange(other.begun_, nullptr)) {}
    Work& operator=(Work&&) = delete;
    ~Work();

   private:
    BegunOutputs* begun_;
  };

  /// To be kept until the outputs have their names, or are given up.
  [[nodiscard]] Work begin(const std::filesystem::path& stem);

 private:
  void open_note();
  void end();

  std::filesystem::path notes_;  // of this output folder
  std::mutex mutex_;
  std::filesystem::path path_;  // by mutex_, as all below
  FileDescriptor note_;         // locked
  int under_way_ = 0;
};

/// Removes the parts and links of outputs of `stems` below `output_dir` that nobody holds.
void remove_left_over_parts(const std::filesystem::path& output_dir, const std::vector<std::string>& stems);

}  // namespace tokprep
