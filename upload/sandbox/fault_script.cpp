#include "upload/sandbox/fault_script.h"

#include <array>
#include <utility>

#include "upload/sandbox/contract.h"

namespace tokprep::sandbox {
namespace {

using enum FieldType;

constexpr std::uint64_t kAnyTimes = std::numeric_limits<std::uint64_t>::max();

constexpr std::array kDocumentFields{Field{"seed", kWhole}, Field{"random", kObject}, Field{"webhooks", kObject}};
constexpr std::array kRuleFields{Field{"match", kObject}, Field{"times", kWhole}, Field{"for_ms", kWhole}};
constexpr std::array kMatchFields{Field{"method", kText}, Field{"path", kText}, Field{"endpoint", kText},
                                  Field{"from", kWhole},  Field{"to", kWhole},  Field{"nth", kWhole}};
constexpr std::array kRandomFields{Field{"seed", kWhole}, Field{"times", kWhole}};
constexpr std::array kHookFields{Field{"repeat", kWhole}, Field{"reorder", kWhole}, Field{"bad_signature", kFlag}};

tl::unexpected<Error> wrong(std::string why) { return fail(ErrorCode::kInvalidArgument, "faults: " + std::move(why)); }

/// `json` without the members that are no plain fields, checked against the table.
Status check_rest(Json json, std::initializer_list<const char*> apart, std::span<const Field> fields,
                  std::string_view where) {
  for (const char* name : apart) json.erase(name);
  const auto refusal = check_fields(json, fields, where);
  return refusal ? Status(wrong(refusal->message)) : Status();
}

Result<double> share(const Json& json, const char* name, double otherwise) {
  if (!json.contains(name)) return otherwise;
  const Json& value = json[name];
  if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1) {
    return wrong(std::string(name) + ": must be a number from 0 to 1");
  }
  return value.get<double>();
}

Result<Match> parse_match(const Json& json) {
  TOKPREP_TRY(check_rest(json, {"probability"}, kMatchFields, "match."));
  Match match;
  match.method = json.value("method", "");
  match.path = json.value("path", "");
  match.endpoint = json.value("endpoint", "");
  match.from = json.value("nth", json.value("from", std::uint64_t{1}));
  match.to = json.value("nth", json.value("to", kAnyTimes));
  TOKPREP_ASSIGN(match.probability, share(json, "probability", 1));
  if (!match.endpoint.empty() && !is_endpoint(match.endpoint)) {
    return wrong("match.endpoint: there is no endpoint '" + match.endpoint + "'");
  }
  return match;
}

Result<FaultRule> parse_rule(const Json& json) {
  if (!json.is_object() || !json.contains("fault")) return wrong("a rule is an object with its fault");
  TOKPREP_TRY(check_rest(json, {"fault"}, kRuleFields, "rule."));
  FaultRule rule;
  TOKPREP_ASSIGN(rule.match, parse_match(json.value("match", Json::object())));
  TOKPREP_ASSIGN(rule.fault, parse_fault(json["fault"]));
  rule.times = json.value("times", kAnyTimes);
  rule.for_ms = json.value("for_ms", std::int64_t{0});
  if (!rule.match.endpoint.empty() && !rule.fault.fits(rule.match.endpoint)) {
    return wrong(std::string(name_of(rule.fault.kind)) + " cannot happen to " + rule.match.endpoint);
  }
  return rule;
}

Result<RandomFaults> parse_random(const Json& json) {
  TOKPREP_TRY(check_rest(json, {"rate", "faults"}, kRandomFields, "random."));
  RandomFaults random;
  random.seed = json.value("seed", std::uint64_t{0});
  random.times = json.value("times", kAnyTimes);
  TOKPREP_ASSIGN(random.rate, share(json, "rate", 0));
  const Json faults = json.value("faults", Json::array());
  if (!faults.is_array() || faults.empty()) return wrong("random.faults: must be a list of faults, not empty");
  for (const Json& entry : faults) {
    TOKPREP_ASSIGN(Fault fault, parse_fault(entry));
    random.faults.push_back(fault);
  }
  return random;
}

Result<HookFaults> parse_hook_faults(const Json& json) {
  TOKPREP_TRY(check_rest(json, {"timestamp_shift_s"}, kHookFields, "webhooks."));
  HookFaults faults;
  faults.repeat = json.value("repeat", 1);
  faults.reorder = json.value("reorder", 1);
  faults.bad_signature = json.value("bad_signature", false);
  const Json shift = json.value("timestamp_shift_s", Json(0));
  if (!shift.is_number_integer()) return wrong("webhooks.timestamp_shift_s: must be a whole number");
  faults.timestamp_shift_s = shift.get<std::int64_t>();
  if (faults.repeat < 1 || faults.reorder < 1) return wrong("webhooks.repeat and .reorder: must be 1 or more");
  return faults;
}

/// splitmix64: neighbours in, strangers out.
std::uint64_t scatter(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// Evenly over [0, 1), always the same for the same three.
double chance(std::uint64_t seed, std::uint64_t stream, std::uint64_t n) {
  return static_cast<double>(scatter(scatter(scatter(seed) ^ stream) ^ n) >> 11) * 0x1p-53;
}

}  // namespace

bool Match::covers(const Asked& asked) const {
  if (!method.empty() && method != asked.method) return false;
  if (!endpoint.empty() && endpoint != asked.endpoint) return false;
  if (path.empty()) return true;
  if (!path.ends_with('*')) return path == asked.path;
  return asked.path.starts_with(std::string_view(path).substr(0, path.size() - 1));
}

Result<FaultDocument> parse_faults(const Json& json) {
  if (!json.is_object()) return wrong("the script must be a JSON object");
  TOKPREP_TRY(check_rest(json, {"rules"}, kDocumentFields, ""));
  FaultDocument document;
  document.seed = json.value("seed", std::uint64_t{0});
  const Json rules = json.value("rules", Json::array());
  if (!rules.is_array()) return wrong("rules: must be a list");
  for (const Json& entry : rules) {
    TOKPREP_ASSIGN(FaultRule rule, parse_rule(entry));
    document.rules.push_back(std::move(rule));
  }
  if (json.contains("random")) {
    TOKPREP_ASSIGN(document.random, parse_random(json["random"]));
  }
  TOKPREP_ASSIGN(document.webhooks, parse_hook_faults(json.value("webhooks", Json::object())));
  return document;
}

void FaultScript::replace(Json source, FaultDocument document) {
  const std::lock_guard lock(mutex_);
  source_ = std::move(source);
  document_ = std::move(document);
  uses_.assign(document_.rules.size(), Use{});
  requests_ = drawn_ = 0;
}

bool FaultScript::fires(std::size_t index, const Asked& asked) {
  const FaultRule& rule = document_.rules[index];
  Use& use = uses_[index];
  if (!rule.match.covers(asked) || !rule.fault.fits(asked.endpoint)) return false;
  ++use.matched;
  if (use.matched < rule.match.from || use.matched > rule.match.to || use.fired >= rule.times) return false;
  if (rule.for_ms > 0 && use.fired > 0 && asked.now_ms - use.first_ms >= rule.for_ms) return false;
  return rule.match.probability >= 1 || chance(document_.seed, index, use.matched) < rule.match.probability;
}

std::optional<Fault> FaultScript::draw(const Asked& asked) {
  if (!document_.random || drawn_ >= document_.random->times) return std::nullopt;
  const RandomFaults& random = *document_.random;
  if (chance(random.seed, 0, requests_) >= random.rate) return std::nullopt;
  std::vector<Fault> possible;
  for (const Fault& fault : random.faults) {
    if (fault.fits(asked.endpoint)) possible.push_back(fault);
  }
  if (possible.empty()) return std::nullopt;
  ++drawn_;
  const double place = chance(random.seed, 1, requests_) * static_cast<double>(possible.size());
  return possible[static_cast<std::size_t>(place)];
}

std::vector<Fault> FaultScript::decide(const Asked& asked) {
  const std::lock_guard lock(mutex_);
  ++requests_;
  std::vector<Fault> met;
  bool struck = false;
  for (std::size_t i = 0; i < document_.rules.size(); ++i) {
    if (!fires(i, asked)) continue;
    const Fault& fault = document_.rules[i].fault;
    if (!fault.is_condition() && std::exchange(struck, true)) continue;
    if (uses_[i].fired++ == 0) uses_[i].first_ms = asked.now_ms;
    met.push_back(fault);
  }
  if (struck) return met;
  if (const auto drawn = draw(asked)) met.push_back(*drawn);
  return met;
}

HookFaults FaultScript::webhooks() const {
  const std::lock_guard lock(mutex_);
  return document_.webhooks;
}

Json FaultScript::usage() const {
  const std::lock_guard lock(mutex_);
  Json rules = Json::array();
  for (const Use& use : uses_) rules.push_back({{"matched", use.matched}, {"fired", use.fired}});
  return {{"script", source_}, {"requests", requests_}, {"rules", rules}, {"random", {{"fired", drawn_}}}};
}

}  // namespace tokprep::sandbox
