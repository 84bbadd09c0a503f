#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "pipeline/cli/command.h"
#include "pipeline/cli/settings.h"
#include "upload/credentials.h"

namespace tokprep::cli {

/// The keys this run was given, and where from.
struct Keys {
  Result<std::optional<Secret>> api_key;
  Result<std::optional<Secret>> profile_key;
  Result<std::optional<Secret>> webhook_secret;
  std::string api_key_source;  ///< "--api-key-file", "AYRSHARE_API_KEY", …; empty if there is none
};

/// True for a verb that does nothing without a key. Only for those is a program asked for it: `probe` shall not make
/// a password manager ask for its password.
bool needs_key(const Command& command);

/// Takes the keys out of the environment, so that no child inherits them, whether or not this run needs one; then
/// keeps them out of core dumps. Strongest first: --api-key-file, --api-key-command, AYRSHARE_API_KEY_FILE,
/// AYRSHARE_API_KEY, AYRSHARE_API_KEY_COMMAND, `api_key_command` in the user's config.toml; the profile key likewise.
/// The secret of webhooks: --secret-file, AYRSHARE_WEBHOOK_SECRET_FILE, AYRSHARE_WEBHOOK_SECRET.
///
/// Once per process, before any other thread. Error: kInternal (the kernel refused); a key that cannot be read is an
/// error of its member alone.
Result<Keys> take_keys(const Command& command, const Settings& settings);

}  // namespace tokprep::cli
