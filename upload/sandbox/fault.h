#pragma once

#include <cstdint>
#include <string>

#include "base/enum_names.h"
#include "base/json.h"
#include "base/result.h"

namespace tokprep::sandbox {

/// What can go wrong with one request.
enum class FaultKind {
  kRateLimit,    ///< 429, with or without Retry-After
  kServerError,  ///< 5xx, as a gateway's HTML page or as JSON
  kNotJson,      ///< 200, and the body is no JSON
  kCutBefore,    ///< the connection ends, and nothing was done
  kCutAfter,     ///< it was done, and the connection ends without an answer
  kStall,        ///< silence, then the answer or the end
  kDrip,         ///< the answer comes a few bytes at a time
  kTruncate,     ///< the answer ends before its Content-Length
  kCutBody,      ///< the connection ends while the client still sends
  kExpiredUrl,   ///< the upload address has run out
  kTypeRefused,  ///< storage says that Content-Type is not the signed one
  kUrlMissing,   ///< urlExists does not see the file yet
  kClockSkew,    ///< the service's clock is wrong
  kHistoryLag,   ///< new posts are not in the history yet
  kUnguarded,    ///< neither the idempotency key nor the two-day window stops this post
};

/// One fault with its measures. Those that a kind does not use are left alone.
struct Fault {
  FaultKind kind = FaultKind::kCutAfter;
  int status = 502;             ///< server_error
  bool html = true;             ///< server_error: a gateway's page; else JSON
  bool commit = false;          ///< rate_limit, server_error, not_json, stall: the request is acted on first
  bool cut = false;             ///< stall: ends the connection instead of answering
  bool reset = true;            ///< cut_before, cut_after, stall: by RST; else by FIN
  int retry_after = -1;         ///< rate_limit: seconds; negative: no header
  bool as_date = false;         ///< rate_limit: Retry-After as an HTTP date
  std::int64_t ms = 1000;       ///< stall: the silence; history_lag: the age at which posts are seen
  std::int64_t every_ms = 10;   ///< drip
  std::uint64_t bytes = 20;     ///< drip: a piece; truncate: what of the body comes; cut_body: what is read
  std::int64_t seconds = 3600;  ///< clock_skew: how far the service is ahead
  int calls = 0;                ///< history_lag: a post is seen after so many looks at the history

  /// Holds beside another fault of the same request.
  [[nodiscard]] bool is_condition() const;

  /// True where it makes sense: an upload address cannot run out on GET /user.
  [[nodiscard]] bool fits(std::string_view endpoint) const;
};

void to_json(Json& json, const Fault& fault);
void from_json(const Json& json, Fault& fault);

/// "cut_after", or {"kind":"stall","ms":500,"cut":true}. Error: kInvalidArgument, also for a measure the kind has not.
Result<Fault> parse_fault(const Json& json);

}  // namespace tokprep::sandbox

namespace tokprep {

template <>
struct EnumNames<sandbox::FaultKind> {
  using K = sandbox::FaultKind;
  static constexpr std::array kTable{std::pair{K::kRateLimit, std::string_view("rate_limit")},
                                     std::pair{K::kServerError, std::string_view("server_error")},
                                     std::pair{K::kNotJson, std::string_view("not_json")},
                                     std::pair{K::kCutBefore, std::string_view("cut_before")},
                                     std::pair{K::kCutAfter, std::string_view("cut_after")},
                                     std::pair{K::kStall, std::string_view("stall")},
                                     std::pair{K::kDrip, std::string_view("drip")},
                                     std::pair{K::kTruncate, std::string_view("truncate")},
                                     std::pair{K::kCutBody, std::string_view("cut_body")},
                                     std::pair{K::kExpiredUrl, std::string_view("expired_url")},
                                     std::pair{K::kTypeRefused, std::string_view("type_refused")},
                                     std::pair{K::kUrlMissing, std::string_view("url_missing")},
                                     std::pair{K::kClockSkew, std::string_view("clock_skew")},
                                     std::pair{K::kHistoryLag, std::string_view("history_lag")},
                                     std::pair{K::kUnguarded, std::string_view("unguarded")}};
};

}  // namespace tokprep
