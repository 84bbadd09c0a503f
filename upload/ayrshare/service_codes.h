#pragma once

#include <span>
#include <string_view>

#include "base/enum_names.h"
#include "base/error.h"

namespace tokprep {

/// Who can help with a refusal.
enum class RefusalClass {
  kFixInput,    ///< the text, the media or a field has to change
  kFixAccount,  ///< a link, a plan or a setting of the account has to change
  kWait,        ///< the same call works later, after a time somebody knows
  kRetry,       ///< a fault on the other side; the same call may work at once
  kUnknown,     ///< what happened has to be looked up first, or nobody has said what it means
};

template <>
struct EnumNames<RefusalClass> {
  static constexpr std::array kTable{std::pair{RefusalClass::kFixInput, std::string_view("fix_input")},
                                     std::pair{RefusalClass::kFixAccount, std::string_view("fix_account")},
                                     std::pair{RefusalClass::kWait, std::string_view("wait")},
                                     std::pair{RefusalClass::kRetry, std::string_view("retry")},
                                     std::pair{RefusalClass::kUnknown, std::string_view("unknown")}};
};

/// Where a meaning was read, and when.
struct RefusalSource {
  std::string_view url;
  std::string_view read_on;  ///< ISO date
};

/// What every refusal has, whether it is known by a number or by a word.
struct Refusal {
  RefusalClass kind = RefusalClass::kUnknown;
  ErrorCode error = ErrorCode::kRejected;  ///< what a call fails with when the HTTP status alone does not decide
  std::string_view meaning;                ///< one sentence for people
  std::string_view fix;                    ///< what the user can do, in one clause
  RefusalSource source;
};

/// A numeric `code` of Ayrshare, of any endpoint and network that has been seen.
struct ServiceCode {
  int code = 0;
  Refusal refusal;
};

/// An HTTP status the service answers with. A few numbers are codes of the service's as well.
struct HttpStatus {
  int status = 0;
  Refusal refusal;
};

/// A word of TikTok's: a `fail_reason` of a post, or an error of the call that began it. Ayrshare passes these on
/// inside messages, minutes after it accepted the post.
struct ServiceReason {
  std::string_view name;
  Refusal refusal;
};

/// Null for a code nobody has written down.
const ServiceCode* find_service_code(int code);

/// Null for a word nobody has written down.
const ServiceReason* find_service_reason(std::string_view name);

/// The known word that stands in a message, as a word of its own: "TikTok: frame_rate_check_failed." names one.
/// Words that are plain English ("internal") count only in brackets, or where they are all of the message. Null if
/// there is none.
const ServiceReason* find_reason_in(std::string_view message);

/// Null for a status nobody has written down.
const HttpStatus* find_http_status(int status);

/// The tables whole, in the order of their numbers, respectively of TikTok's pages.
std::span<const ServiceCode> service_codes();
std::span<const ServiceReason> service_reasons();
std::span<const HttpStatus> http_statuses();

}  // namespace tokprep
