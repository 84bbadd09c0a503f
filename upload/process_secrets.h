#pragma once

#include "base/result.h"

namespace tokprep {

/// Keeps this process's memory, and the key in it, out of core dumps: no core file is written (RLIMIT_CORE is 0, also
/// for the programs started from here), and the process is not "dumpable", so that systemd-coredump gets nothing
/// either. To be called once the key has been read, before anything is done with it.
///
/// What else changes: other processes of the same user can no longer attach to us (gdb, strace) nor read
/// /proc/PID/mem, environ or maps, which is meant; and until they call exec, our children cannot write their own
/// /proc/self files, such as uid_map. Programs we start are dumpable again.
/// Error: kInternal (the kernel refused).
Status keep_out_of_core_dumps();

}  // namespace tokprep
