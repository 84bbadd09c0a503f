#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace tokprep {

struct KeyCommand {
  std::string command;   ///< for `sh -c`, e.g. "pass show ayrshare"
  std::string named_by;  ///< "--api-key-command", for errors; the command itself is not shown
  std::chrono::milliseconds timeout{30'000};
};

/// What the command prints. It runs in a process group of its own, without input, with our stderr, and without the
/// AYRSHARE_ variables: a program asked for one key does not see another. Its output goes through a pipe and is held in
/// memory alone; the caller wipes it.
/// Error: kAuth for a command that cannot be started, exits with anything but 0, prints more than 4 KiB, or takes
/// longer than `timeout`, upon which all of its group is killed. No error quotes what it printed.
Result<std::string> output_of(const KeyCommand& command);

}  // namespace tokprep
