#pragma once

#include <sys/types.h>

#include <vector>

namespace tokprep::faults {

/// The processes of a session that still run, its leader left out, by their numbers: what a program that leads a
/// session of its own has started, also when the program is gone. Processes that ended and were not yet collected are
/// left out. From /proc.
std::vector<pid_t> others_of_session(pid_t leader);

}  // namespace tokprep::faults
