#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/ledger.h"
#include "pipeline/rules/rules.h"

namespace tokprep {

/// The time before and after a post in which its account may not have the same text: rule "post.duplicate" (code 137).
std::chrono::seconds duplicate_window(const Rules& rules);

/// Whether the service may take two texts for the same: equal words whatever the white space and the case of ASCII
/// letters, or nine of ten words shared, counted as often as they stand there. It does not say how it compares, only
/// that "very similar" is enough; a numbered series of long captions counts as similar. No text is like none.
bool is_same_text(std::string_view a, std::string_view b);

/// The failure of a post whose text goes out around `at` too, by another post: kRejected, rule "post.duplicate", naming
/// that one. Nothing where none of `others` within the `window` is like it; the post itself, by its content key, is
/// none of them.
std::optional<Error> duplicate_text_error(const LedgerPost& post, Clock::TimePoint at, std::chrono::seconds window,
                                          const std::vector<SeenText>& others);

}  // namespace tokprep
