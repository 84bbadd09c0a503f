#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/cli/keys.h"
#include "pipeline/cli/settings.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"
#include "upload/curl_client.h"

namespace tokprep::cli {

/// The address and the keys. Error: kAuth where there is no key.
Result<ServiceConfig> service_config(const Settings& settings, const Keys& keys);

/// What tells one account's rows in the ledger from another's: fingerprints, never keys.
std::string account_of(const ServiceConfig& config);

/// The service and the record of what it was told. Stays where it was made, as its members refer to each other.
class Service {
 public:
  /// Opens the ledger; sends nothing. Errors: kAuth, those of `Ledger::open`.
  static Result<std::unique_ptr<Service>> open(const Settings& settings, const Keys& keys);

  [[nodiscard]] AyrshareClient& client() { return client_; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] const std::string& account() const { return account_; }

  /// One cheap request before much work is done: that the service answers, takes the key, and has TikTok linked.
  /// Errors: kAuth, kNetwork and the client's others.
  Status check_account(const RunContext& run);

 private:
  Service(ServiceConfig config, Ledger ledger);

  CurlClient http_;
  ServiceConfig config_;
  AyrshareClient client_;  // uses http_
  Ledger ledger_;
  std::string account_;
};

}  // namespace tokprep::cli
