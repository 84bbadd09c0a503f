#pragma once

#include <string_view>

#include "base/result.h"

namespace tokprep::av {

/// The one translation of libav's return values: `if (ret < 0) return av_error(ret, "open input");`
tl::unexpected<Error> av_error(int ret, std::string_view what);

/// True for damage in the data, as opposed to a failing disk or a stop.
bool is_damage(int ret);

}  // namespace tokprep::av
