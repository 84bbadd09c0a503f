#include "upload/sandbox/contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "base/text.h"

namespace tokprep::sandbox {
namespace {

using enum FieldType;
using Name = std::string_view;

constexpr std::array kUpload{Field{"file", kText, true}, Field{"fileName", kText}, Field{"description", kText}};
constexpr std::array kUrlExists{Field{"mediaUrl", kText, true}};
constexpr std::array kDelete{Field{"id", kText}, Field{"bulk", kTexts}, Field{"deleteAllScheduled", kFlag},
                             Field{"markManualDeleted", kFlag}};
constexpr std::array kUpdate{Field{"id", kText, true},        Field{"scheduleDate", kText},
                             Field{"approved", kFlag},        Field{"notes", kText},
                             Field{"disableComments", kFlag}, Field{"scheduledPause", kFlag},
                             Field{"youTubeOptions", kObject}};
constexpr std::array kRetry{Field{"id", kText, true}};
constexpr std::array kPostText{Field{"post", kText, true}};
constexpr std::array kHook{Field{"action", kText, true}, Field{"url", kText, true}, Field{"secret", kText}};
constexpr std::array kUnhook{Field{"action", kText, true}};
constexpr std::array kSecret{Field{"secret", kText, true}};

constexpr std::array<Name, 2> kUploadUrlQuery{"fileName", "contentType"};
constexpr std::array<Name, 2> kUserQuery{"instagramDetails", "instagramQuota"};
constexpr std::array<Name, 10> kHistoryQuery{"limit",    "platforms", "platform", "startDate",    "endDate",
                                             "lastDays", "status",    "type",     "autoRepostId", "lastRecords"};
constexpr std::array<Name, 1> kHistoryOneQuery{"limit"};

constexpr std::array kContracts{
    Contract{"media_upload", "POST", "/media/upload", kUpload},
    Contract{"media_upload", "POST", "/upload", kUpload},
    Contract{"upload_url", "GET", "/media/uploadUrl", {}, kUploadUrlQuery},
    Contract{"gallery", "GET", "/media"},
    Contract{"url_exists", "POST", "/media/urlExists", kUrlExists},
    Contract{"post", "POST", "/post"},
    Contract{"post_get", "GET", "/post/*"},
    Contract{"post_delete", "DELETE", "/post", kDelete},
    Contract{"post_update", "PATCH", "/post", kUpdate},
    Contract{"post_update", "PUT", "/post", kUpdate},
    Contract{"post_retry", "PUT", "/post/retry", kRetry},
    Contract{"validate_post", "POST", "/validate/post"},
    Contract{"validate_length", "POST", "/validate/postLength", kPostText},
    Contract{"validate_length", "POST", "/post/checkPostWeight", kPostText},
    Contract{"history", "GET", "/history", {}, kHistoryQuery},
    Contract{"history_one", "GET", "/history/*", {}, kHistoryOneQuery},
    Contract{"user", "GET", "/user", {}, kUserQuery},
    Contract{"hook_register", "POST", "/hook/webhook", kHook},
    Contract{"hook_list", "GET", "/hook/webhook"},
    Contract{"hook_remove", "DELETE", "/hook/webhook", kUnhook},
    Contract{"hook_secret", "POST", "/hook/webhook/secret", kSecret},
    Contract{"hook_history", "GET", "/hook/history"},
    Contract{"put", "PUT", "/upload/*", {}, {}, false},
    Contract{"file", "GET", "/media/*", {}, {}, false},
    Contract{"page", "GET", "/", {}, {}, false},
    Contract{"control", "GET", "/sandbox/counts", {}, {}, false},
    Contract{"control", "GET", "/sandbox/faults", {}, {}, false},
    Contract{"control", "POST", "/sandbox/faults", {}, {}, false},
    Contract{"control", "DELETE", "/sandbox/faults", {}, {}, false},
};

}  // namespace

const Contract& contract_of(std::string_view method, std::string_view path, bool is_api) {
  const auto found = std::ranges::find_if(kContracts, [&](const Contract& contract) {
    return contract.method == method && contract.path == path && contract.is_api == is_api;
  });
  assert(found != kContracts.end());
  return *found;
}

std::string_view endpoint_of(std::string_view method, std::string_view request_path) {
  constexpr std::string_view kApi = "/api";
  const bool is_api = request_path.starts_with("/api/");
  const std::string_view path = is_api ? request_path.substr(kApi.size()) : request_path;
  if (method == "HEAD") method = "GET";
  const auto found = std::ranges::find_if(kContracts, [&](const Contract& contract) {
    return contract.method == method && contract.is_api == is_api && match_path(contract.path, path).has_value();
  });
  return found == kContracts.end() ? "unknown" : found->endpoint;
}

bool is_endpoint(std::string_view name) {
  return std::ranges::find(kContracts, name, &Contract::endpoint) != kContracts.end();
}

std::optional<Refusal> check_query(const Contract& contract, const std::string& name) {
  const std::string_view bare = std::string_view(name).substr(0, name.find('['));
  if (bare == "source" || std::ranges::find(contract.query, bare) != contract.query.end()) return std::nullopt;
  const auto meant = nearest(bare, contract.query);
  return refuse_field(name, "unknown parameter" + (meant ? "; " + *meant + " is known" : std::string()));
}

std::optional<std::string> match_path(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with("/*")) return pattern == path ? std::optional<std::string>("") : std::nullopt;
  pattern.remove_suffix(1);
  if (path.size() <= pattern.size() || !path.starts_with(pattern)) return std::nullopt;
  return std::string(path.substr(pattern.size()));
}

}  // namespace tokprep::sandbox
