#pragma once

#include <span>
#include <string_view>

#include "base/json.h"

namespace tokprep::cli {

/// One JSON Schema that tokprep publishes.
struct PublishedSchema {
  std::string_view name;  ///< as it is asked for: `tokprep schema NAME`
  std::string_view what;
  Json (*make)();
};

/// JSON Schema, draft 7 (https://json-schema.org/draft-07), of everything that others write for tokprep or read from
/// it.
///
/// Names, enumerations and options come out of the tables that the program itself reads with; the rest is written by
/// hand, and checked against what the program really writes. What others write for tokprep is closed: a name that is
/// not in the schema is refused. What tokprep writes is open: fields are added in time, and a reader passes over those
/// it does not know.
std::span<const PublishedSchema> published_schemas();

/// One line of a manifest of JSON lines; of CSV, a record whose cells are texts.
Json manifest_schema();
/// A sidecar, NAME.post.json.
Json post_schema();
/// NAME.tokprep.json.
Json certificate_schema();
/// One line of `--json` of prepare, post, probe, upload, thumbnail and status.
Json events_schema();

}  // namespace tokprep::cli
