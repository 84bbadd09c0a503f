#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace tokprep::cli {

/// Tells systemd how a service of Type=notify does, where it runs under one. The protocol is a datagram to the socket
/// that $NOTIFY_SOCKET names (sd_notify(3)); for that a library would be loaded at each start of the program.
class ServiceManager {
 public:
  /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that no child speaks for us.
  ServiceManager();

  void ready() { tell("READY=1"); }
  void stopping() { tell("STOPPING=1"); }
  /// What `systemctl status` shows. Told once where it stays the same.
  void status(const std::string& text);

  /// To be called more often than `watchdog_interval`.
  void alive();
  [[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_interval() const { return watchdog_; }

 private:
  void tell(std::string_view message) const;

  std::string address_;  // empty: nobody listens
  std::optional<std::chrono::milliseconds> watchdog_;
  std::chrono::steady_clock::time_point last_alive_;
  std::string last_status_;
};

}  // namespace tokprep::cli
