#include "pipeline/cli/service_options.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <string>

#include "pipeline/cli/option_setters.h"
#include "pipeline/cli/transport_values.h"

namespace tokprep::cli {
namespace {

using Path = std::filesystem::path;

constexpr auto kOwn = OptionGroup::kOwn;
constexpr auto kCommon = OptionGroup::kCommon;
constexpr int kManyCalls = std::numeric_limits<int>::max();

std::vector<OptionSpec> webhook_options() {
  const std::vector<Verb> webhook = {Verb::kWebhook};
  return {
      {"--bind", 0, "ADDRESS", "where the proxy reaches it (127.0.0.1)", kOwn, webhook,
       to_text<std::string>([](Draft & d) -> auto& { return d.bind; })},
      {"--secret-file", 0, "FILE", "holds the secret that signs the webhooks", kOwn, webhook,
       to_text<Path>([](Draft & d) -> auto& { return d.common.webhook_secret_file; })},
      {"--register", 0, "URL", "tell the service to send them there (https, your proxy)", kOwn, webhook,
       to_text<std::string>([](Draft & d) -> auto& { return d.register_url; })},
      {"--unregister", 0, "", "tell the service to send none, and end", kOwn, webhook,
       to_switch([](Draft & d) -> auto& { return d.unregister; })},
  };
}

std::vector<OptionSpec> sandbox_options() {
  const std::vector<Verb> sandbox = {Verb::kSandbox};
  return {
      {"--faults", 0, "FILE", "a fault script: what goes wrong, and when", kOwn, sandbox,
       to_text<Path>([](Draft & d) -> auto& { return d.faults; })},
      {"--late", 0, "", "refuse media late, with TikTok's reason, not at once", kOwn, sandbox,
       to_switch([](Draft & d) -> auto& { return d.late; })},
      {"--rate-limit", 0, "N", "calls in five minutes before it answers 429 (300)", kOwn, sandbox,
       to_whole(
           [](Draft & d) -> auto& { return d.rate_limit; }, 1, kManyCalls)},
      {"--posts-per-minute", 0, "N", "more fail late; 0: no limit (6)", kOwn, sandbox,
       to_whole(
           [](Draft & d) -> auto& { return d.posts_per_minute; }, 0, kManyCalls)},
      {"--posts-per-day", 0, "N", "more fail late; 0: no limit (15)", kOwn, sandbox,
       to_whole(
           [](Draft & d) -> auto& { return d.posts_per_day; }, 0, kManyCalls)},
      {"--consent-days", 0, "N", "until the link to TikTok ends (365)", kOwn, sandbox,
       to_whole(
           [](Draft & d) -> auto& { return d.consent_days; }, 0, 3650)},
  };
}

std::vector<OptionSpec> looking_options() {
  return {
      {"--item",
       0,
       "PATH",
       "of this item alone; explain: with what was measured of it",
       kOwn,
       {Verb::kLedger, Verb::kExplain},
       to_text<Path>([](Draft & d) -> auto& { return d.item; })},
      {"--state", 0, "STATE", "those in this state alone", kOwn, {Verb::kLedger}, to_text<std::string>([
       ](Draft & d) -> auto& { return d.state; })},
      {"--since",
       0,
       "TIME",
       "those since then: 2026-11-20, 2026-11-20T08:00:00Z, or 36h ago",
       kOwn,
       {Verb::kLedger},
       to_text<std::string>([](Draft & d) -> auto& { return d.since; })},
      {"--check", 0, "", "look for damage", kOwn, {Verb::kLedger}, to_switch([](Draft & d) -> auto& {
         return d.check;
       })},
      {"--online", 0, "", "ask the service about the account as well", kOwn, {Verb::kDoctor}, to_switch([
       ](Draft & d) -> auto& { return d.online; })},
  };
}

}  // namespace

std::vector<OptionSpec> service_verb_options() {
  std::vector<OptionSpec> options;
  for (auto part : {webhook_options, sandbox_options, looking_options}) {
    std::ranges::move(part(), std::back_inserter(options));
  }
  return options;
}

std::vector<OptionSpec> transport_options() {
  const std::vector<Verb> askers = {Verb::kUpload,  Verb::kPost,   Verb::kStatus, Verb::kCancel,
                                    Verb::kWebhook, Verb::kDoctor, Verb::kWatch};
  return {
      {"--api-key-command", 0, "COMMAND", "prints the API key: 'pass show ayrshare'", kCommon, askers,
       to_text<std::string>([](Draft & d) -> auto& { return d.common.api_key_command; })},
      {"--profile-key-command", 0, "COMMAND", "prints the profile key", kCommon, askers,
       to_text<std::string>([](Draft & d) -> auto& { return d.common.profile_key_command; })},
      {"--limit-rate", 0, "RATE", "most that uploads take together: 2MB/s", kCommon, askers,
       [](Draft& draft, std::string_view text) { return set_limit_rate(draft.flags, text); }},
      {"--proxy", 0, "URL", "for every call (else https_proxy, no_proxy)", kCommon, askers,
       [](Draft& draft, std::string_view text) { return set_proxy(draft.flags, text); }},
      {"--ca-file", 0, "FILE", "PEM certificates to trust instead of the system's", kCommon, askers,
       [](Draft& draft, std::string_view text) { return set_ca_file(draft.flags, text); }},
  };
}

}  // namespace tokprep::cli
