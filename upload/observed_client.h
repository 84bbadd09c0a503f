#pragma once

#include <string>

#include "upload/http_client.h"

namespace tokprep {

/// Tells the observer of `run` of each request: method, path, status, time, and the id that the answer names. Never a
/// body, a header or a query; of another host than the service's (a storage, whose URLs are secrets in themselves)
/// nothing but the host. Without an observer it is `inner`.
class ObservedClient final : public HttpClient {
 public:
  /// `inner` must outlive it. `base_url` is the service's.
  ObservedClient(HttpClient& inner, std::string base_url) : inner_(inner), base_url_(std::move(base_url)) {}

  Result<HttpResponse> send(const HttpRequest& request, const RunContext& run) override;

 private:
  [[nodiscard]] std::string call_name(const HttpRequest& request) const;

  HttpClient& inner_;
  std::string base_url_;
};

}  // namespace tokprep
