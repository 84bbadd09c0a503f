#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep {

/// How a child process came to its end.
struct ProcessEnd {
  int signal = 0;     ///< 0: it ended by itself
  int exit_code = 0;  ///< where it did

  /// "signal 11 (Segmentation fault)", "exit code 1".
  [[nodiscard]] std::string text() const;
};

/// A child program with a UNIX socket on its stdin (so that open files can be handed to it) and a pipe on its stdout,
/// in a process group of its own (a Ctrl-C on the terminal is ours to handle), with an environment of its own: only
/// what a worker needs, never a key. Our standard error is out of its reach, too: a child that was taken over could
/// write a log's lines there, or cut the log. (Built with a sanitizer, it reports there.) Killed when destroyed.
class ChildProcess {
 public:
  static constexpr const char* kStderrName = "stderr";

  /// `scratch` becomes its $TMPDIR and $HOME, and what it writes to its standard error is kept in `kStderrName` there;
  /// empty: it has our $TMPDIR, no $HOME, and nothing is kept.
  /// Error: kInternal naming the program where it cannot be started; kIo.
  static Result<ChildProcess> start(const std::filesystem::path& program,
                                    const std::vector<std::string>& arguments = {},
                                    const std::filesystem::path& scratch = {});

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  /// Our end of its socket; a write that it takes nothing of for some seconds fails with EAGAIN.
  [[nodiscard]] int stdin_fd() const { return stdin_.get(); }
  [[nodiscard]] int stdout_fd() const { return stdout_.get(); }
  [[nodiscard]] pid_t pid() const { return pid_; }

  void kill() noexcept;

  /// Waits for the end, killing the child if it takes longer than a moment.
  ProcessEnd end();

 private:
  ChildProcess(pid_t pid, FileDescriptor to_child, FileDescriptor from_child);

  pid_t pid_ = -1;
  FileDescriptor stdin_;
  FileDescriptor stdout_;
};

}  // namespace tokprep
