#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "upload/sandbox/gate.h"
#include "upload/sandbox/request_log.h"
#include "upload/sandbox/sandbox.h"
#include "upload/sandbox/store.h"

namespace tokprep::sandbox {

/// What every route needs. Lives as long as the server; each part takes care of its own threads.
struct Site {
  Site(const SandboxConfig& config, std::string api_key, std::unique_ptr<Store> opened_store, RequestLog opened_log)
      : clock(*config.clock),
        inspect(config.inspect),
        publish_delay(config.publish_delay),
        store(std::move(opened_store)),
        gate(std::move(api_key)),
        log(std::move(opened_log)) {}

  Clock& clock;
  const Inspector inspect;
  const std::chrono::milliseconds publish_delay;
  const std::unique_ptr<Store> store;
  Gate gate;
  RequestLog log;
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
