#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "pipeline/folder_settle.h"

namespace tokprep {

/// One photo item of everything: named files in the order given, a folder's images in natural order. A folder that is
/// the only input brings its caption.txt and post.json.
/// Errors: kInputUnreadable; kInvalidArgument (something that is no image); kUnsupportedInput (no image at all);
/// kCancelled.
Result<Candidate> carousel_of(const std::vector<std::filesystem::path>& inputs, std::vector<LeftOut>& left_out,
                              const std::stop_token& stop);

}  // namespace tokprep
