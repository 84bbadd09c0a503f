#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "pipeline/cli/commands/doctor_checks.h"
#include "pipeline/cli/service.h"

namespace tokprep::cli {
namespace {

// The link has to be renewed by a person, who may be away for some weeks.
constexpr std::int64_t kDaysToWarn = 30;
// Of the month's quota, what is left when a warning helps.
constexpr double kShareToWarn = 0.9;

HealthCheck account_check(Health health, std::string message, ErrorCode code) {
  return {"account", health, std::move(message), code};
}

std::string link_text(const LinkedAccount& tiktok) {
  std::string text = tiktok.username.empty() ? "" : fmt::format(" @{}", tiktok.username);
  if (tiktok.refresh_days_remaining) {
    text += fmt::format(", {} days until it has to be linked again", *tiktok.refresh_days_remaining);
  }
  return text;
}

std::string quota_text(std::string_view what, std::optional<std::int64_t> used, std::optional<std::int64_t> quota) {
  if (!used) return "";
  return quota ? fmt::format("; {} of {} {} this month", *used, *quota, what)
               : fmt::format("; {} {} this month", *used, what);
}

bool runs_out(std::optional<std::int64_t> used, std::optional<std::int64_t> quota) {
  return used && quota && static_cast<double>(*used) >= kShareToWarn * static_cast<double>(*quota);
}

HealthCheck judged(const AccountInfo& account) {
  std::string text = account.title.empty() ? "linked: " : account.title + ", linked: ";
  text += account.networks.empty() ? "nothing" : fmt::format("{}", fmt::join(account.networks, ", "));
  const LinkedAccount* tiktok = account.find("tiktok");
  if (tiktok != nullptr) text += "; TikTok" + link_text(*tiktok);
  text += quota_text("posts", account.monthly_posts, account.monthly_posts_quota);
  text += quota_text("calls", account.monthly_api_calls, account.monthly_api_calls_quota);
  if (account.suspended) return account_check(Health::kFail, text + "; the profile is suspended", ErrorCode::kAuth);
  if (!account.has("tiktok")) {
    return account_check(Health::kFail, text + "; link TikTok in the Ayrshare dashboard", ErrorCode::kAuth);
  }
  const bool ends_soon = tiktok != nullptr && tiktok->refresh_days_remaining.value_or(kDaysToWarn + 1) <= kDaysToWarn;
  const bool is_short = runs_out(account.monthly_posts, account.monthly_posts_quota) ||
                        runs_out(account.monthly_api_calls, account.monthly_api_calls_quota);
  return account_check(ends_soon || is_short ? Health::kWarn : Health::kOk, text, ErrorCode::kAuth);
}

}  // namespace

HealthCheck check_account(const Settings& settings, const Keys& keys, const RunContext& run) {
  if (!keys.api_key || !*keys.api_key) {
    return account_check(Health::kWarn, "was not asked about, as there is no key", ErrorCode::kAuth);
  }
  auto service = Service::open(settings, keys);
  if (!service) return account_check(Health::kFail, describe(service.error()), service.error().code);
  const auto account = (*service)->client().account(run);
  if (!account) return account_check(Health::kFail, describe(account.error()), account.error().code);
  return judged(*account);
}

}  // namespace tokprep::cli
