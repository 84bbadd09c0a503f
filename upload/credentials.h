#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "upload/secret.h"

namespace tokprep {

/// Where a key may come from, strongest first: `file`, then `command` (both flags), then NAME_FILE, then NAME in the
/// environment.
struct SecretSource {
  std::optional<std::filesystem::path> file;  ///< --api-key-file
  std::string variable;                       ///< "AYRSHARE_API_KEY"
  std::optional<std::string> command =
      std::nullopt;  ///< --api-key-command: the first line `sh -c` prints for it is the key
  std::string command_flag = "--api-key-command";  ///< how errors name it
};

/// The key, without surrounding white space; nothing where no source is set.
/// Errors: kAuth for a file that is missing, unreadable, or empty, for a command that fails (key_command.h), and for a
/// key that is not one printable word.
/// Both variables are removed from our environment, whichever source wins, so that no child inherits them; a
/// second call finds nothing there. Not safe while another thread reads the environment: call it at the start.
Result<std::optional<Secret>> read_secret(const SecretSource& source);

}  // namespace tokprep
