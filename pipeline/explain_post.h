#pragma once

#include <string>
#include <vector>

#include "pipeline/explain.h"
#include "pipeline/ledger_types.h"

namespace tokprep {

/// What became of a post, and why.
struct PostExplanation {
  LedgerStory story;
  std::string meaning;                ///< of its state, one sentence
  std::string fix;                    ///< what can be done; empty where nothing has to be
  std::string said;                   ///< the service's own words, or ours where it was never asked; empty if none
  std::vector<Explanation> refusals;  ///< what those words name
  std::string certificate;            ///< that the measured values are from; empty where there is none
  std::string measured_on;            ///< when that was written, ISO 8601
};

PostExplanation explain_post(const LedgerStory& story, const Rules& rules, const ItemEvidence& evidence);

/// subject, what ("post"), item, post, events, meaning, fix, said, refusals, certificate.
void to_json(Json& json, const PostExplanation& explanation);

}  // namespace tokprep
