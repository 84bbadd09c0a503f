#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tokprep::still {

/// The error of a picture that is not taken: "`path` `why`".
inline tl::unexpected<Error> unusable(ErrorCode code, const std::string& path, std::string_view why,
                                      std::string fix = {}) {
  Error error;
  error.code = code;
  error.message = fmt::format("{} {}", path, why);
  error.file = path;
  error.fix = std::move(fix);
  return fail(std::move(error));
}

}  // namespace tokprep::still
