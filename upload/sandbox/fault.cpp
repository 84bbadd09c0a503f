#include "upload/sandbox/fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "upload/sandbox/fields.h"

namespace tokprep::sandbox {
namespace {

using enum FieldType;
using K = FaultKind;

constexpr Field kKind{"kind", kText, true};

/// The measures of a kind. `seconds` may be negative and is looked at apart.
std::vector<Field> fields_of(FaultKind kind) {
  switch (kind) {
    case K::kRateLimit:
      return {kKind, {"retry_after", kWhole}, {"as_date", kFlag}, {"commit", kFlag}};
    case K::kServerError:
      return {kKind, {"status", kWhole}, {"html", kFlag}, {"commit", kFlag}};
    case K::kNotJson:
      return {kKind, {"commit", kFlag}};
    case K::kCutBefore:
    case K::kCutAfter:
      return {kKind, {"reset", kFlag}};
    case K::kStall:
      return {kKind, {"ms", kWhole}, {"commit", kFlag}, {"cut", kFlag}, {"reset", kFlag}};
    case K::kDrip:
      return {kKind, {"bytes", kWhole}, {"every_ms", kWhole}};
    case K::kTruncate:
    case K::kCutBody:
      return {kKind, {"bytes", kWhole}};
    case K::kHistoryLag:
      return {kKind, {"ms", kWhole}, {"calls", kWhole}};
    case K::kClockSkew:
    case K::kExpiredUrl:
    case K::kTypeRefused:
    case K::kUrlMissing:
    case K::kUnguarded:
      return {kKind};
  }
  return {};
}

tl::unexpected<Error> wrong(std::string why) { return fail(ErrorCode::kInvalidArgument, "faults: " + std::move(why)); }

Status check_measures(const Fault& fault) {
  if (fault.kind == K::kServerError && (fault.status < 500 || fault.status > 599)) {
    return wrong(fmt::format("status {} is no server error; it must be 500 to 599", fault.status));
  }
  if (fault.kind == K::kDrip && fault.bytes == 0) return wrong("a drip of 0 bytes would never end");
  constexpr std::int64_t kLongestMs = 600'000;
  if (fault.kind == K::kStall && fault.ms > kLongestMs) return wrong("a stall lasts 600,000 ms at most");
  return {};
}

}  // namespace

TOKPREP_JSON(Fault, kind, status, html, commit, cut, reset, retry_after, as_date, ms, every_ms, bytes, seconds, calls)

bool Fault::is_condition() const { return kind == K::kClockSkew || kind == K::kHistoryLag || kind == K::kUnguarded; }

bool Fault::fits(std::string_view endpoint) const {
  switch (kind) {
    case K::kExpiredUrl:
    case K::kTypeRefused:
      return endpoint == "put";
    case K::kUrlMissing:
      return endpoint == "url_exists";
    case K::kHistoryLag:
      return endpoint == "history" || endpoint == "history_one";
    case K::kUnguarded:
      return endpoint == "post";
    case K::kCutBody:
      return endpoint == "put" || endpoint == "media_upload" || endpoint == "post";
    case K::kRateLimit:
    case K::kNotJson:
      return endpoint != "put";
    default:
      return true;
  }
}

Result<Fault> parse_fault(const Json& json) {
  Json object = json.is_string() ? Json{{"kind", json}} : json;
  if (!object.is_object() || !object.contains("kind") || !object["kind"].is_string()) {
    return wrong("a fault is a name, or an object with its kind");
  }
  const auto kind = enum_from<FaultKind>(object["kind"].get_ref<const std::string&>());
  if (!kind) {
    return wrong(fmt::format("there is no fault '{}'; known: {}", object["kind"].get<std::string>(),
                             fmt::join(names_of<FaultKind>(), ", ")));
  }
  Json rest = object;
  if (*kind == K::kClockSkew) {
    if (rest.contains("seconds") && !rest["seconds"].is_number_integer())
      return wrong("seconds: must be a whole number");
    rest.erase("seconds");  // the one measure that may be negative
  }
  // Without a measure of its own a lag counts looks: the age is asked for by name.
  if (*kind == K::kHistoryLag && !object.contains("ms")) {
    object["ms"] = 0;
    if (!object.contains("calls")) object["calls"] = 1;
  }
  if (const auto refusal = check_fields(rest, fields_of(*kind))) return wrong(refusal->message);
  TOKPREP_ASSIGN(const Fault fault, parse_as<Fault>(object, "faults"));
  TOKPREP_TRY(check_measures(fault));
  return fault;
}

}  // namespace tokprep::sandbox
