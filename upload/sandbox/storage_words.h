#pragma once

#include <string_view>

#include "upload/sandbox/exchange.h"

namespace tokprep::sandbox {

/// Storage behind a signed address answers in its own words (XML), not in the API's.
void refuse_as_storage(Exchange& exchange, int status, std::string_view name, std::string_view message);

}  // namespace tokprep::sandbox
