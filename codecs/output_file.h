#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tokprep {

/// Writes `bytes` as the whole content of `path`. Errors: kNoSpace, kOutputUnwritable, kIo; the file may then be
/// there in part, and removing it is the caller's.
Status write_output(const std::string& path, std::string_view bytes);

}  // namespace tokprep
