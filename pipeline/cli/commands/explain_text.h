#pragma once

#include <string>

#include "pipeline/explain.h"
#include "pipeline/explain_post.h"

namespace tokprep::cli {

// Explanations for people: a line that names the thing, and under it what it means, the rule, the measured value and
// what to do. Texts from outside are shown with control characters escaped.

std::string explanation_text(const Explanation& explanation);
std::string explanation_text(const PostExplanation& explanation);

}  // namespace tokprep::cli
