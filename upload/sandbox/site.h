#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "upload/sandbox/fault_script.h"
#include "upload/sandbox/gate.h"
#include "upload/sandbox/lookouts.h"
#include "upload/sandbox/request_log.h"
#include "upload/sandbox/sandbox.h"
#include "upload/sandbox/store.h"
#include "upload/sandbox/tally.h"

namespace tokprep::sandbox {

/// What every route needs. Lives as long as the server; each part takes care of its own threads.
struct Site {
  Site(const SandboxConfig& given, std::string api_key, std::unique_ptr<Store> opened_store, RequestLog opened_log)
      : config(given),
        clock(*given.clock),
        store(std::move(opened_store)),
        gate(std::move(api_key), given.calls_per_window, given.call_window),
        log(std::move(opened_log)) {}

  const SandboxConfig config;
  Clock& clock;
  const std::unique_ptr<Store> store;
  Gate gate;
  RequestLog log;
  Tally tally;
  FaultScript faults;
  Lookouts lookouts;
  std::atomic<bool> stopping = false;
  int port = 0;  ///< known once the socket is bound, before the first request

  [[nodiscard]] std::int64_t now_ms() const;

  /// "http://127.0.0.1:41234"
  [[nodiscard]] std::string origin() const;

  /// The address of a stored file.
  [[nodiscard]] std::string media_url(std::string_view media_path) const;

  /// The other way round: where `url` would be in the book; nothing for an address that is not of this server.
  [[nodiscard]] std::optional<std::string> media_path(std::string_view url) const;
};

}  // namespace tokprep::sandbox
