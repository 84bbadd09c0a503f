#pragma once

#include <httplib.h>

#include <mutex>
#include <thread>
#include <vector>

#include "upload/sandbox/site.h"
#include "upload/sandbox/wire.h"

namespace tokprep::sandbox {

/// Brings events to webhooks, one after the other, on a thread of its own; and, as time passes for it anyway, lets
/// scheduled posts go out while nobody asks. What is due is told by the sandbox's clock, looked at 50 times a second.
/// Delivered at least once: a delivery leaves the outbox on disk when its answer is there.
class Courier {
 public:
  /// `site` must outlive the courier; `stop` ends it.
  Courier(Site& site, const StopSignal& stop);

  /// Ends a delivery under way; raise the stop first.
  void join();

 private:
  void run();
  void deliver_due();
  [[nodiscard]] std::vector<Delivery> take_due(std::int64_t now_ms) const;
  void deliver(const Delivery& delivery);
  [[nodiscard]] httplib::Headers headers_of(const Delivery& delivery) const;
  [[nodiscard]] int send(const Delivery& delivery, const std::string& origin, const std::string& path);
  void record(const Delivery& delivery, int status);

  Site& site_;
  const StopSignal& stop_;
  std::mutex mutex_;
  httplib::Client* sending_ = nullptr;  // guarded by mutex_: join() ends it
  std::thread thread_;
};

/// "http://127.0.0.1:8080" and "/path" of an address that may be delivered to: http on this machine.
struct HookAddress {
  std::string origin, path;
};
std::optional<HookAddress> parse_hook_url(std::string_view url);

}  // namespace tokprep::sandbox
