#pragma once

#include "base/result.h"

namespace tokprep {

/// Leaves this process, all its threads, the system calls that decoding takes; every other one, and every one of a
/// foreign architecture, fails with EPERM. No sockets, no programs, no processes, no signals to others, no tracing,
/// no new namespaces, no questions about files by name; threads may be started. For good.
///
/// Programs that link this have an `fstat` of their own, which the filter lets through; that within the C library does
/// not get through, so that its `opendir` and `scandir` fail.
/// Errors: kUnsupportedInput where the kernel has no seccomp filters; kInternal.
Status enter_call_filter();

}  // namespace tokprep
