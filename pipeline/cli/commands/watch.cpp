#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/watcher.h"

namespace tokprep::cli {

int run_watch(const WatchCommand& command, Session& session) { return Watcher(command, session).run(); }

}  // namespace tokprep::cli
