#pragma once

#include <string_view>

#include "pipeline/cli/command.h"

namespace tokprep::cli {

// How the service is reached, read alike from flags, environment and config.toml. Error, of each: kInvalidArgument with
// a sentence about the value.

/// "2MB/s", "2MB", "512kB/s": bytes a second, above 0.
Status set_limit_rate(SettingsLayer& layer, std::string_view text);

/// "http://proxy.example:3128", https, socks4, socks4a, socks5, socks5h.
Status set_proxy(SettingsLayer& layer, std::string_view text);

/// A file or a folder, which must be there.
Status set_ca_file(SettingsLayer& layer, std::string_view text);

}  // namespace tokprep::cli
