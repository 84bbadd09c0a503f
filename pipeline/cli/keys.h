#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "pipeline/cli/command.h"
#include "upload/credentials.h"

namespace tokprep::cli {

/// The keys this run was given, and where from.
struct Keys {
  Result<std::optional<Secret>> api_key;
  Result<std::optional<Secret>> profile_key;
  std::string
      api_key_source;  ///< "--api-key-file", "AYRSHARE_API_KEY_FILE", "AYRSHARE_API_KEY"; empty if there is none
};

/// Takes the keys out of the environment, so that no child inherits them, whether or not this run needs one.
/// Once per process, before any other thread.
Keys take_keys(const CommonOptions& options);

}  // namespace tokprep::cli
