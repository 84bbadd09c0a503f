#pragma once

#include "base/result.h"
#include "pipeline/event.h"
#include "pipeline/rules/rules.h"

namespace tokprep::cli {

/// The file as one the service takes, with its type by content. Error: kNotCompliant with the first rule it breaks,
/// both as media and as a cover; the way out is `tokprep prepare`.
Result<OutputFile> uploadable(const std::string& file, const MediaInfo& info, const Rules& rules);

}  // namespace tokprep::cli
