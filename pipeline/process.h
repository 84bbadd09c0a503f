#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep {

/// A child program with pipes on its stdin and stdout, in a process group of its own (a Ctrl-C on the terminal is
/// ours to handle), with an environment of its own: only what a worker needs, never a key. Killed when destroyed.
class ChildProcess {
 public:
  /// Error: kInternal naming the program where it cannot be started.
  static Result<ChildProcess> start(const std::filesystem::path& program);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  [[nodiscard]] int stdin_fd() const { return stdin_.get(); }
  [[nodiscard]] int stdout_fd() const { return stdout_.get(); }
  [[nodiscard]] pid_t pid() const { return pid_; }

  void kill() noexcept;

  /// Waits for the end, killing the child if it takes longer than a moment.
  /// "signal 11 (Segmentation fault)", "exit code 1".
  std::string end();

 private:
  ChildProcess(pid_t pid, FileDescriptor to_child, FileDescriptor from_child);

  pid_t pid_ = -1;
  FileDescriptor stdin_;
  FileDescriptor stdout_;
};

}  // namespace tokprep
