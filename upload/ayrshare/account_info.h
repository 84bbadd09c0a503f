#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokprep {

/// One network account that is linked to the profile.
struct LinkedAccount {
  std::string platform;  ///< "tiktok"
  std::string id;
  std::string display_name;
  std::string username;
  std::string profile_url;
  std::string created;  ///< ISO 8601
  /// TikTok's permission ends once a year; then the account has to be linked again. Where the service says so:
  std::optional<std::int64_t> refresh_days_remaining;
  std::string refresh_required;  ///< the date, as the service writes it; empty where it does not
};

/// What GET /user says (https://www.ayrshare.com/docs/apis/user/profile-details, read 2026-10-04). Whatever the service
/// leaves out stays empty.
struct AccountInfo {
  std::string title;  ///< of the profile: "Primary Profile"
  std::string ref_id;
  std::string email;
  std::string created;  ///< ISO 8601
  bool suspended = false;
  std::vector<std::string> networks;  ///< "activeSocialAccounts": empty where none is linked
  std::vector<LinkedAccount> accounts;
  std::string last_api_call;  ///< ISO 8601

  // This month, and what the plan allows in one.
  std::optional<std::int64_t> monthly_api_calls;
  std::optional<std::int64_t> monthly_api_calls_quota;
  std::optional<std::int64_t> monthly_posts;
  std::optional<std::int64_t> monthly_posts_quota;

  /// True where the profile has this network linked.
  [[nodiscard]] bool has(std::string_view network) const;

  /// The details of a linked account; null where the service gives none.
  [[nodiscard]] const LinkedAccount* find(std::string_view network) const;
};

/// Reads the answer of GET /user; a shape nobody knows is an account without networks.
AccountInfo parse_account(const nlohmann::json& user);

}  // namespace tokprep
