#pragma once

#include <string>
#include <vector>

#include "codecs/cover_search.h"
#include "pipeline/plan.h"
#include "pipeline/prepare_parts.h"

namespace tokprep {

/// Settles which frame of one output is the cover, as far as it has to be looked for or looked at: `--thumbnail-offset
/// auto` searches what is posted, and a chosen offset is judged together with its neighbours. Nothing for the start of
/// the video, which is judged when the frame is taken, and for an item that has its own cover.
///
/// `first`: the output that `plan.cover_at_us` is about; of a split the others begin with their first frame.
/// Errors: those of `find_cover`.
Result<std::optional<CoverChoice>> choose_cover(const std::filesystem::path& source, const Examined& examined,
                                                const TimePart& part, bool first, const PrepareTools& tools);

/// "cover: the frame at 4205 ms, the best of 24 looked at (…)".
std::string cover_note(const CoverChoice& choice);

/// The advice `cover.frame` where the frame is black, of one colour or in a fade; nothing where it will do.
std::optional<Finding> cover_finding(const CoverChoice& choice, const Rules& rules);

/// Writes what was chosen into the plan, its notes for people included, and the advice to `findings`.
void tell_covers(const std::vector<CoverChoice>& choices, const Rules& rules, Plan& plan,
                 std::vector<Finding>& findings);

}  // namespace tokprep
