#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/ledger.h"

namespace tokprep {

/// The service refuses (code 137) a text that an account had within this time, before or after
/// (https://www.ayrshare.com/docs/errors/errors-ayrshare, read 2026-10-04; older pages say three days).
inline constexpr std::chrono::hours kDuplicateWindow{48};

/// Whether the service may take two texts for the same: equal words whatever the white space and the case of ASCII
/// letters, or nine of ten words shared, counted as often as they stand there. It does not say how it compares, only
/// that "very similar" is enough; a numbered series of long captions counts as similar. No text is like none.
bool is_same_text(std::string_view a, std::string_view b);

/// The failure of a post whose text goes out around `at` too, by another post: kRejected, rule "post.duplicate", naming
/// that one. Nothing where none of `others` is like it; the post itself, by its content key, is none of them.
std::optional<Error> duplicate_text_error(const LedgerPost& post, Clock::TimePoint at,
                                          const std::vector<SeenText>& others);

}  // namespace tokprep
