#include "tests/faults/running.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/faults/lines.h"

namespace tokprep::faults {

bool leaves_nothing(const RunReport& run) {
  if (run.lines.empty() || run.lines.back()["type"] != "summary" || run.lines.back()["items"] == 0) return false;
  return std::ranges::none_of(run.lines, [](const Json& line) {
    if (line["type"] != "item_failed") return false;
    const Json code = line["error"]["code"];
    return code != "outcome_unknown" && code != "not_compliant";
  });
}

RunReport Running::finish() && {
  report.exit_code = child.exit_code();
  report.lines = lines_of(out_file);
  report.err = text_of(err_file);
  return std::move(report);
}

Result<Running> start_tokprep(const Surroundings& surroundings, std::vector<std::string> arguments, int number) {
  const std::filesystem::path& folder = surroundings.folder;
  ChildCommand command;
  command.environment = surroundings.environment;
  command.environment.insert({{"TOKPREP_STATE_DIR", (folder / "state").string()},
                              {"XDG_CONFIG_HOME", (folder / "config").string()},
                              {"TOKPREP_API_URL", surroundings.api_url},
                              {"AYRSHARE_API_KEY", surroundings.api_key},
                              {"TOKPREP_RETRY_FIRST_DELAY", "4ms"}});
  command.folder = folder;
  command.own_session = surroundings.own_session;
  command.out_file = folder / "talk" / fmt::format("{}.out", number);
  command.err_file = folder / "talk" / fmt::format("{}.err", number);
  RunReport report;
  report.command = arguments.front();
  arguments.insert(arguments.begin(), surroundings.program.string());
  command.arguments = std::move(arguments);
  TOKPREP_ASSIGN(Child child, Child::start(command));
  return Running{std::move(child), std::move(report), command.out_file, command.err_file};
}

}  // namespace tokprep::faults
