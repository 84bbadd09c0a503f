#pragma once

#include "base/result.h"

namespace tokprep {

/// Leaves this process, all its threads, the system calls that decoding takes; every other one, and every one of a
/// foreign architecture, fails with EPERM. No sockets, no programs, no processes, no signals to others, no tracing,
/// no new namespaces; threads may be started. For good.
/// Errors: kUnsupportedInput where the kernel has no seccomp filters; kInternal.
Status enter_call_filter();

}  // namespace tokprep
