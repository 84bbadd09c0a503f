#include <algorithm>
#include <array>

#include "upload/ayrshare/service_codes.h"

namespace tokprep {
namespace {

using enum RefusalClass;

constexpr RefusalSource kHttpPage{"https://www.ayrshare.com/docs/errors/errors-http", "2026-10-04"};

constexpr std::string_view kLater = "run again in a few minutes; what is done already is not done again";

constexpr std::array kStatuses = {
    HttpStatus{400,
               {kFixInput, ErrorCode::kRejected, "The service refused the request; its own words and code say why.",
                "read the service's own words beside it", kHttpPage}},
    HttpStatus{
        401,
        {kFixAccount, ErrorCode::kAuth, "The service refused the key.", "check the key: tokprep doctor", kHttpPage}},
    HttpStatus{402,
               {kFixAccount, ErrorCode::kRejected, "The Ayrshare plan does not include this call.",
                "this needs a paid Ayrshare plan", kHttpPage}},
    HttpStatus{403,
               {kFixAccount, ErrorCode::kAuth,
                "The service refused the key, the plan lacks the feature, or the profile is suspended.",
                "check the key: tokprep doctor", kHttpPage}},
    HttpStatus{404,
               {kFixInput, ErrorCode::kRejected, "The service knows no such address or id.",
                "check the id: tokprep status lists the posts", kHttpPage}},
    HttpStatus{405,
               {kFixInput, ErrorCode::kRejected, "The service does not take this kind of call there.",
                "check --api-url", kHttpPage}},
    HttpStatus{429,
               {kWait, ErrorCode::kRateLimited,
                "Too many calls: a profile has 300 in five minutes, and 1,000 refusals in a day suspend it.",
                "wait five minutes and run again", kHttpPage}},
    HttpStatus{500, {kRetry, ErrorCode::kUnavailable, "The service had a fault of its own.", kLater, kHttpPage}},
    HttpStatus{
        502,
        {kRetry, ErrorCode::kUnavailable, "A gateway before the service got no answer from it.", kLater, kHttpPage}},
    HttpStatus{
        503, {kRetry, ErrorCode::kUnavailable, "The service is down or overloaded for the moment.", kLater, kHttpPage}},
    HttpStatus{
        504,
        {kRetry, ErrorCode::kUnavailable, "A gateway before the service waited too long for it.", kLater, kHttpPage}},
};

}  // namespace

const HttpStatus* find_http_status(int status) {
  const auto* found = std::ranges::find(kStatuses, status, &HttpStatus::status);
  return found != kStatuses.end() ? found : nullptr;
}

std::span<const HttpStatus> http_statuses() { return kStatuses; }

}  // namespace tokprep
