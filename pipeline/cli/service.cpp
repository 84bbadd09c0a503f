#include "pipeline/cli/service.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "base/units.h"

namespace tokprep::cli {
namespace {

/// TOKPREP_RETRY_FIRST_DELAY bounds the first wait between two attempts, from which the others follow.
Result<std::chrono::milliseconds> first_delay() {
  const char* told = std::getenv("TOKPREP_RETRY_FIRST_DELAY");
  if (told == nullptr) return RetryPolicy{}.first_delay;
  auto delay = parse_duration(told);
  if (!delay) return fail(with_context(std::move(delay).error(), "TOKPREP_RETRY_FIRST_DELAY"));
  return *delay;
}

constexpr std::chrono::seconds kCheckDeadline{30};
constexpr std::string_view kNetwork = "tiktok";
constexpr std::int64_t kWarnDays = 15;

tl::unexpected<Error> not_linked(std::string message) {
  Error error;
  error.code = ErrorCode::kAuth;
  error.message = std::move(message);
  error.fix = "link TikTok in the Ayrshare dashboard";
  return fail(std::move(error));
}

RetryPolicy with_budget(std::shared_ptr<RetryBudget> budget) {
  RetryPolicy policy;
  policy.budget = std::move(budget);
  policy.first_delay = first_delay().value_or(policy.first_delay);
  return policy;
}

}  // namespace

Result<ServiceConfig> service_config(const Settings& settings, const Keys& keys) {
  ServiceConfig config;
  config.base_url = settings.api_url;
  config.limit_rate_bytes_per_s = settings.limit_rate_bytes_per_s;
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

CurlSettings transport_of(const Settings& settings) {
  CurlSettings transport;
  transport.limit_rate_bytes_per_s = settings.limit_rate_bytes_per_s;
  transport.proxy = settings.proxy;
  transport.ca_file = settings.ca_file;
  return transport;
}

std::string account_of(const ServiceConfig& config) {
  const std::string key = config.api_key.fingerprint();
  return config.profile_key ? key + "+" + config.profile_key->fingerprint() : key;
}

Result<std::unique_ptr<Service>> Service::open(const Settings& settings, const Keys& keys) {
  TOKPREP_TRY(first_delay());
  TOKPREP_ASSIGN(ServiceConfig config, service_config(settings, keys));
  TOKPREP_ASSIGN(Ledger ledger, Ledger::open(state_folder() / "ledger.sqlite", account_of(config)));
  return std::unique_ptr<Service>(new Service(std::move(config), transport_of(settings), std::move(ledger)));
}

Service::Service(ServiceConfig config, const CurlSettings& transport, Ledger ledger)
    : curl_(transport),
      config_(std::move(config)),
      http_(curl_, config_.base_url),
      client_(http_, config_, with_budget(budget_)),
      ledger_(std::move(ledger)),
      account_(account_of(config_)) {}

Status Service::check_account(const RunContext& run) {
  RetryPolicy impatient = with_budget(budget_);
  // It is asked before the work, with somebody waiting.
  impatient.attempts_max = 2;
  impatient.deadline = kCheckDeadline;
  AyrshareClient client(http_, config_, impatient);
  TOKPREP_ASSIGN(const AccountInfo account, client.account(run));
  TOKPREP_ASSIGN(const int taken, ledger_.note_account(account.title, account.ref_id));
  if (taken > 0) {
    run.note(LogLevel::kInfo, [&] {
      return fmt::format("the API key is another one than before: {} post{} of the same account count as this key's",
                         taken, taken == 1 ? "" : "s");
    });
  }
  if (!account.has(kNetwork)) return not_linked("no TikTok account is linked to this Ayrshare account");
  TOKPREP_ASSIGN(link_warning_, check_link(account));
  return {};
}

Result<std::optional<std::string>> check_link(const AccountInfo& account) {
  const LinkedAccount* link = account.find(kNetwork);
  if (link == nullptr || !link->refresh_days_remaining) return std::nullopt;
  const std::int64_t days = *link->refresh_days_remaining;
  const std::string name = link->username.empty() ? link->display_name : link->username;
  const std::string on = link->refresh_required.empty() ? "" : fmt::format(" ({})", link->refresh_required);
  if (days <= 0) return not_linked(fmt::format("the permission of the TikTok account {} has ended{}", name, on));
  if (days >= kWarnDays) return std::nullopt;
  return fmt::format(
      "the permission of the TikTok account {} ends in {} day{}{}: link it again in the Ayrshare dashboard", name, days,
      days == 1 ? "" : "s", on);
}

}  // namespace tokprep::cli
