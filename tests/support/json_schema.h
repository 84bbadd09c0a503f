#pragma once

#include <string>

#include "base/json.h"

namespace tokprep::test {

/// What a JSON Schema library (valijson) finds wrong with `document`; empty for nothing. Throws for what is no schema.
std::string schema_faults(const Json& schema, const Json& document);

/// The schema with every object closed that lists its members: a member that is written and not in the schema shows.
Json closed(Json schema);

}  // namespace tokprep::test
