#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "pipeline/item_evidence.h"
#include "pipeline/rules/rules.h"
#include "upload/ayrshare/service_codes.h"

namespace tokprep {

/// One limit that a refusal is about, with the asset's own number.
struct RuleReading {
  Rule rule;
  Scalar measured;             ///< nothing where no file of the item is known, or the rule is not about such a file
  std::string file;            ///< that was measured; empty for what is measured of the post itself
  std::optional<bool> broken;  ///< by our own check; nothing where nothing was measured
};

/// What a refusal, or a rule, comes to. Text fields are for people.
struct Explanation {
  std::string subject;  ///< "137", "frame_rate_check_failed", "video.duration_min"
  std::string what;     ///< "code", "http_status", "reason" or "rule"
  bool known = true;    ///< false: nobody has written down what it means, and `fix` says what to do about that
  RefusalClass kind = RefusalClass::kUnknown;
  ErrorCode error = ErrorCode::kRejected;  ///< what a call that is refused so fails with
  std::string meaning;                     ///< one sentence
  std::string fix;                         ///< what the user can do, one clause
  std::string source_url;                  ///< where the meaning was read; empty where nobody wrote it down
  std::string read_on;                     ///< ISO date of that reading
  std::vector<RuleReading> readings;       ///< the limits it is about; of several files one that breaks them first
};

/// A numeric code of the service's; one that is in no table is explained as unknown.
Explanation explain_code(int code, const Rules& rules, const ItemEvidence& evidence = {});

/// A status of HTTP, as the service uses it. Nothing for a number nobody has written down.
std::optional<Explanation> explain_http_status(int status);

/// A word of TikTok's. Nothing for a word nobody has written down.
std::optional<Explanation> explain_reason(std::string_view name, const Rules& rules, const ItemEvidence& evidence = {});

/// A limit by its id. Nothing where there is none of that name.
std::optional<Explanation> explain_rule(std::string_view id, const Rules& rules, const ItemEvidence& evidence = {});

/// What the service's own words name, as errors and the ledger keep them: "(code 137) Duplicate …", or a sentence
/// with a word of TikTok's in it. In their order, each once; empty where they name nothing.
std::vector<Explanation> explain_words(std::string_view said, const Rules& rules, const ItemEvidence& evidence = {});

/// A failure with everything its words leave out: the meaning of what the service said, the rule, the measured value,
/// the limit, and what to do. Nothing is changed that is there already, and nothing of failures that are not the
/// service's.
Error explained(Error error, const Rules& rules, const ItemEvidence& evidence = {});

/// subject, what, known, class, error, exit_code, meaning, fix, source, rules: each with limit, unit, source, measured.
void to_json(Json& json, const Explanation& explanation);

}  // namespace tokprep
