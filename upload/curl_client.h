#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/version.h"
#include "upload/http_client.h"
#include "upload/rate_limit.h"

namespace tokprep {

struct CurlSettings {
  std::chrono::milliseconds connect_timeout{15'000};
  /// A request with a file ends when, for `stall_timeout`, fewer than `stall_bytes_per_s` moved; the wait for
  /// the answer counts as well.
  long stall_bytes_per_s = 1000;
  std::chrono::seconds stall_timeout{60};
  std::size_t response_max_bytes = std::size_t{16} << 20;
  /// What all transfers of files together keep to; above 0. Other calls are small and pass.
  std::optional<std::uint64_t> limit_rate_bytes_per_s = std::nullopt;
  /// "http://proxy.example:3128", "socks5h://…". Set, it is used for every call, loopback too; otherwise the
  /// environment's (https_proxy, no_proxy, …) are, except for loopback.
  std::optional<std::string> proxy = std::nullopt;
  /// A file of PEM certificates, or a folder of them, to trust instead of the system's: a company's proxy, a test.
  std::optional<std::filesystem::path> ca_file = std::nullopt;
  std::string user_agent = std::string("tokprep/") + kVersion;
  /// How long a stop waits for the answer to a request that may not be repeated: to know is worth a moment.
  std::chrono::milliseconds answer_grace{5'000};
};

/// HTTP over libcurl: files are streamed in constant memory, connections are kept (each thread at work has its own),
/// answers come compressed where the server offers it, HTTP/2 is spoken where TLS agrees on it, TLS is verified, only
/// http and https are spoken. An authority file that cannot be used is kInvalidArgument.
///
/// Requests to be sent at most once, and files sent as they are (`FileBody`), get a new connection and HTTP/1.1: on a
/// kept one libcurl repeats by itself what met a dead end.
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
  std::unique_ptr<RateLimit> limit_;  // null without one
  std::unique_ptr<Pool> pool_;
};

}  // namespace tokprep
