#include "pipeline/cli/service.h"

#include <algorithm>
#include <utility>

namespace tokprep::cli {

Result<ServiceConfig> service_config(const Settings& settings, const Keys& keys) {
  ServiceConfig config;
  config.base_url = settings.api_url;
  TOKPREP_ASSIGN(auto key, keys.api_key);
  TOKPREP_ASSIGN(config.profile_key, keys.profile_key);
  if (!key) {
    Error error;
    error.code = ErrorCode::kAuth;
    error.message = "there is no API key";
    error.fix = "put it into a file and name that in AYRSHARE_API_KEY_FILE or --api-key-file, or set AYRSHARE_API_KEY";
    return fail(std::move(error));
  }
  config.api_key = std::move(*key);
  return config;
}

std::string account_of(const ServiceConfig& config) {
  const std::string key = config.api_key.fingerprint();
  return config.profile_key ? key + "+" + config.profile_key->fingerprint() : key;
}

Result<std::unique_ptr<Service>> Service::open(const Settings& settings, const Keys& keys) {
  TOKPREP_ASSIGN(ServiceConfig config, service_config(settings, keys));
  TOKPREP_ASSIGN(Ledger ledger, Ledger::open(state_folder() / "ledger.sqlite", account_of(config)));
  return std::unique_ptr<Service>(new Service(std::move(config), std::move(ledger)));
}

Service::Service(ServiceConfig config, Ledger ledger)
    : config_(std::move(config)), client_(http_, config_), ledger_(std::move(ledger)), account_(account_of(config_)) {}

Status Service::check_account(const RunContext& run) {
  RetryPolicy impatient;
  impatient.attempts_max = 2;  // it is asked before the work, with somebody waiting
  AyrshareClient client(http_, config_, impatient);
  TOKPREP_ASSIGN(const auto networks, client.linked_networks(run));
  if (std::ranges::find(networks, "tiktok") != networks.end()) return {};
  Error error;
  error.code = ErrorCode::kAuth;
  error.message = "no TikTok account is linked to this Ayrshare account";
  error.fix = "link TikTok in the Ayrshare dashboard";
  return fail(std::move(error));
}

}  // namespace tokprep::cli
