#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "pipeline/plan.h"

namespace tokprep {

/// What was decided about one image of a photo post, and what became of it.
struct PhotoVerdict {
  std::filesystem::path source;
  std::vector<Finding> findings;
  std::optional<Plan> plan;    ///< empty: it cannot be used
  std::optional<Error> error;  ///< why not, or why its conversion failed
};

/// {"image":"1.png","verdict":"fixable","findings":[…],"plan":{…},"summary":"…"}, or with "error" and the verdict
/// "refused".
void to_json(nlohmann::json& json, const PhotoVerdict& verdict);

/// The error of a photo post: that of the image that cannot be used; of several the first one's, with a message that
/// names them all. Nothing where every image is well. Each `error` must be set only where the image is of no use.
std::optional<Error> error_of(const std::vector<PhotoVerdict>& verdicts);

}  // namespace tokprep
