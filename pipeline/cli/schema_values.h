#pragma once

#include "base/json.h"
#include "pipeline/cli/convert_settings.h"
#include "upload/ayrshare/post_fields.h"

namespace tokprep::cli::schema {

// Settings as a manifest takes them: a text as in tokprep.toml, or the number or the switch that it stands for. Null is
// the same as leaving a key out. The patterns are ECMA-262's.

Json value_of_setting(const ConvertField& field);
Json value_of_setting(const PostField& field);

/// A path that must lead to a file of this machine.
Json local_path();

/// A name below the output folder.
Json output_name();

/// A date with a time and an offset, as in post.json.
Json zoned_date();

}  // namespace tokprep::cli::schema
