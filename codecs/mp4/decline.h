#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace tokprep::mp4 {

/// "This rewriter does not take the file, and here is why." The file may be perfectly good.
[[nodiscard]] inline tl::unexpected<Error> decline(std::string why) {
  return fail(ErrorCode::kUnsupportedInput, std::move(why));
}

}  // namespace tokprep::mp4
