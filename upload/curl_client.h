#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "upload/http_client.h"

namespace tokprep {

struct CurlSettings {
  std::chrono::milliseconds connect_timeout{15'000};
  /// A request with a file ends when, for `stall_timeout`, fewer than `stall_bytes_per_s` moved; the wait for
  /// the answer counts as well.
  long stall_bytes_per_s = 1000;
  std::chrono::seconds stall_timeout{60};
  std::size_t response_max_bytes = std::size_t{16} << 20;
  /// How long a stop waits for the answer to a request that may not be repeated: to know is worth a moment.
  std::chrono::milliseconds answer_grace{5'000};
};

/// HTTP over libcurl: files are streamed in constant memory, connections are kept, TLS is verified, only http
/// and https are spoken. Proxies are taken from the environment (https_proxy …), except for loopback.
///
/// The process must ignore SIGPIPE: libcurl is told to leave signals alone.
class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(CurlSettings settings = {});
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  Result<HttpResponse> send(const HttpRequest& request, const RunContext& run) override;

 private:
  class Pool;

  CurlSettings settings_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace tokprep
