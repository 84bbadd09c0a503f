#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/cli/keys.h"
#include "pipeline/cli/service_health.h"
#include "pipeline/cli/settings.h"
#include "pipeline/cli/slots.h"
#include "pipeline/ledger.h"
#include "upload/ayrshare/client.h"
#include "upload/curl_client.h"
#include "upload/observed_client.h"

namespace tokprep::cli {

/// Items that may be uploading at a time: enough to keep the line busy.
inline constexpr int kUploadsAhead = 8;

/// The address and the keys. Error: kAuth where there is no key.
Result<ServiceConfig> service_config(const Settings& settings, const Keys& keys);

/// How it is spoken to.
CurlSettings transport_of(const Settings& settings);

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
  /// TikTok's permission ends once a year: one that has ended is refused here, and of one that ends soon `link_warning`
  /// tells afterwards. Gives up after half a minute. The ledger notes what the account is called, and what was posted
  /// under an earlier key of it counts from then on.
  /// Errors: kAuth, kNetwork and the client's others.
  Status check_account(const RunContext& run);

  /// One sentence, where the last `check_account` found that the link to TikTok ends soon.
  [[nodiscard]] const std::optional<std::string>& link_warning() const { return link_warning_; }

  /// Whoever uploads has one of these meanwhile.
  [[nodiscard]] Slots& upload_slots() { return upload_slots_; }

  [[nodiscard]] ServiceHealth& health() { return health_; }

 private:
  Service(ServiceConfig config, const CurlSettings& transport, Ledger ledger);

  std::shared_ptr<RetryBudget> budget_ = std::make_shared<RetryBudget>();  // of all calls of the run
  ServiceHealth health_{budget_};
  Slots upload_slots_{kUploadsAhead};
  CurlClient curl_;
  ServiceConfig config_;
  ObservedClient http_;    // uses curl_
  AyrshareClient client_;  // uses http_
  Ledger ledger_;
  std::string account_;
  std::optional<std::string> link_warning_;
};

/// How TikTok's permission stands: kAuth where it has ended, a sentence where it ends within fifteen days (when the
/// service begins to warn by mail), nothing where it lasts or the service does not say.
Result<std::optional<std::string>> check_link(const AccountInfo& account);

}  // namespace tokprep::cli
