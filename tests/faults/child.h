#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace tokprep::faults {

struct ChildCommand {
  std::vector<std::string> arguments;  ///< the program first
  std::map<std::string, std::string>
      environment;                           ///< beside ours, of which TOKPREP_*, AYRSHARE_* and XDG_* are left out
  std::filesystem::path folder;              ///< where it runs
  std::filesystem::path out_file, err_file;  ///< take its streams, from their beginning
  bool own_session = false;  ///< as its leader, so that what it starts can be found also when it is gone
};

/// A child process that inherits no descriptor but its three streams: a copy of a server's socket in a child would
/// keep the connection open that the server cuts. Killed, if it still runs, when this goes. Used by one thread.
class Child {
 public:
  /// Error: kIo.
  static Result<Child> start(const ChildCommand& command);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  /// True once it is over; never blocks.
  bool ended();
  void send_signal(int number) const;
  /// False where it still runs when the patience is over.
  bool wait(std::chrono::milliseconds patience);

  /// Until it is over.
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// After `ended`: its exit code, or 128 + signal.
  [[nodiscard]] int exit_code() const { return exit_code_; }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  pid_t pid_ = -1;
  int exit_code_ = -1;
};

}  // namespace tokprep::faults
