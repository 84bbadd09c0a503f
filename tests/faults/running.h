#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "tests/faults/child.h"

namespace tokprep::faults {

/// One process of tokprep, from its start to its end.
struct RunReport {
  std::string command;   ///< "post", "status"
  int exit_code = -1;    ///< 128 + signal for one that was ended by it
  int signal = 0;        ///< what it was sent from outside; 0: nothing
  bool overdue = false;  ///< it had to be ended, as it went on for too long
  std::vector<Json> lines;
  std::string err;
};

/// True when another run of the batch would change nothing: each item is done, fails for good, or waits for certainty.
bool leaves_nothing(const RunReport& run);

/// A process of tokprep under way, and what is known of it so far.
struct Running {
  Child child;
  RunReport report;
  std::filesystem::path out_file, err_file;

  /// What became of it, once it is over.
  [[nodiscard]] RunReport finish() &&;
};

/// Where one schedule's processes of tokprep live.
struct Surroundings {
  std::filesystem::path program;
  std::filesystem::path folder;  ///< holds `talk/`, which takes their output, and `state/`
  std::string api_url, api_key;
  std::map<std::string, std::string> environment = {};  ///< beside what all of them have
  bool own_session = false;
};

/// Starts `tokprep ARGUMENTS` there; `number` tells its output from that of the others. Error: kIo.
Result<Running> start_tokprep(const Surroundings& surroundings, std::vector<std::string> arguments, int number);

}  // namespace tokprep::faults
