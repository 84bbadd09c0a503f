#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "pipeline/cli/command.h"

namespace tokprep::cli {

/// Whose file it is. A folder's may come with somebody else's media, so it may say how to convert and what to post,
/// but not where the key is sent, nor which program is run to get it.
enum class TomlOwner { kUser, kFolder };

/// Reads settings from TOML: [convert] and [post] with the flags' names in snake_case, and at the top, in the user's
/// own file, `api_url`, `jobs`, `limit_rate`, `proxy`, `api_key_command`, `profile_key_command`, and `rules` and
/// `ca_file` (relative to the file).
///
/// Errors: kInvalidArgument naming file and line: not TOML, an unknown key (with the nearest), a value that does not
/// fit; kInputUnreadable.
Result<SettingsLayer> read_toml_layer(const std::filesystem::path& file, TomlOwner owner);

/// The same of a text; `file` is for messages and relative paths.
Result<SettingsLayer> parse_toml_layer(std::string_view text, const std::filesystem::path& file, TomlOwner owner);

}  // namespace tokprep::cli
