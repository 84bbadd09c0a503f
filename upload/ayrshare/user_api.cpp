#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"

namespace tokprep {
namespace {

const Json& list_member(const Json& object, std::string_view name) {
  static const Json nothing = Json::array();
  const auto list = object.is_object() ? object.find(name) : object.end();
  return list != object.end() && list->is_array() ? *list : nothing;
}

LinkedAccount linked_account(const Json& entry) {
  LinkedAccount account;
  account.platform = to_lower(text_member(entry, "platform"));
  account.id = text_member(entry, "id");
  account.display_name = text_member(entry, "displayName");
  account.username = text_member(entry, "username");
  account.profile_url = text_member(entry, "profileUrl");
  account.created = date_member(entry, "created");
  account.refresh_days_remaining = count_member(entry, "refreshDaysRemaining");
  account.refresh_required = date_member(entry, "refreshRequired");
  return account;
}

}  // namespace

bool AccountInfo::has(std::string_view network) const { return std::ranges::find(networks, network) != networks.end(); }

const LinkedAccount* AccountInfo::find(std::string_view network) const {
  const auto found = std::ranges::find(accounts, network, &LinkedAccount::platform);
  return found != accounts.end() ? &*found : nullptr;
}

AccountInfo parse_account(const Json& user) {
  AccountInfo info;
  info.title = text_member(user, "title");
  info.ref_id = text_member(user, "refId");
  info.email = text_member(user, "email");
  info.created = date_member(user, "created");
  info.suspended = text_member(user, "suspended") == "true";
  for (const Json& name : list_member(user, "activeSocialAccounts")) {
    if (name.is_string()) info.networks.push_back(to_lower(name.get<std::string>()));
  }
  for (const Json& entry : list_member(user, "displayNames")) {
    if (entry.is_object()) info.accounts.push_back(linked_account(entry));
  }
  info.last_api_call = date_member(user, "lastApiCall");
  info.monthly_api_calls = count_member(user, "monthlyApiCalls");
  info.monthly_api_calls_quota = count_member(user, "monthlyApiCallsQuota");
  info.monthly_posts = count_member(user, "monthlyPostCount");
  info.monthly_posts_quota = count_member(user, "monthlyPostQuota");
  return info;
}

Result<AccountInfo> AyrshareClient::account(const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", "/user"), run));
  return parse_account(reply);
}

}  // namespace tokprep
