#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"

namespace tokprep::test {

struct ProcessSettings {
  /// Set in the child beside our own environment, of which TOKPREP_*, AYRSHARE_* and XDG_* are left out.
  std::map<std::string, std::string> environment;
  std::optional<std::filesystem::path> folder;  ///< where it runs
  std::optional<uid_t> run_as;                  ///< needs root
  std::chrono::seconds timeout{120};            ///< after which it is killed
};

struct ProcessResult {
  int exit_code = -1;  ///< 128 + signal for one that was ended by a signal
  bool timed_out = false;
  std::string out;
  std::string err;
};

/// A child process; killed, if it still runs, when this goes.
class RunningProcess {
 public:
  RunningProcess(const std::vector<std::string>& command, const ProcessSettings& settings);
  RunningProcess(const RunningProcess&) = delete;
  RunningProcess& operator=(const RunningProcess&) = delete;
  ~RunningProcess();

  /// The next line of its stdout, without the line break; empty at the end or when it takes longer than `patience`.
  std::string next_line(std::chrono::seconds patience = std::chrono::seconds(30));

  void send_signal(int number) const;

  /// Reads both streams to their end and waits; what `next_line` took is not in `out`.
  ProcessResult wait();

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline);

  ProcessSettings settings_;
  pid_t pid_ = -1;
  FileDescriptor out_;
  FileDescriptor err_;
  ProcessResult result_;
};

ProcessResult run_process(const std::vector<std::string>& command, const ProcessSettings& settings = {});

}  // namespace tokprep::test
