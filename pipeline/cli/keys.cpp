#include "pipeline/cli/keys.h"

#include <cstdlib>
#include <utility>

#include "upload/process_secrets.h"

namespace tokprep::cli {
namespace {

/// Where one key may come from beside the environment's own two variables.
struct KeyPlaces {
  std::string flag;      ///< "--api-key"; its options end in -file and -command
  std::string variable;  ///< "AYRSHARE_API_KEY"
  std::string key;       ///< "api_key", in config.toml
  const std::optional<std::filesystem::path>& file_flag;
  const std::optional<std::string>& command_flag;
  const std::optional<std::string>& command_of_user;
};

bool is_set(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value != nullptr && *value != '\0';
}

struct Chosen {
  SecretSource source;
  std::string name;  ///< of the place; empty if none says anything
};

/// The strongest place that says anything. A program is named only where `may_run`.
Chosen choose(const KeyPlaces& places, bool may_run) {
  const std::string variable_of_command = places.variable + "_COMMAND";
  Chosen chosen{{places.file_flag, places.variable, std::nullopt, ""}, ""};
  const auto ask = [&](const std::string& command, std::string name) {
    if (may_run) chosen.source.command = command;
    chosen.source.command_flag = name;
    chosen.name = std::move(name);
    return chosen;
  };
  if (places.file_flag) chosen.name = places.flag + "-file";
  else if (places.command_flag) return ask(*places.command_flag, places.flag + "-command");
  else if (is_set(places.variable + "_FILE")) chosen.name = places.variable + "_FILE";
  else if (is_set(places.variable)) chosen.name = places.variable;
  else if (is_set(variable_of_command)) return ask(std::getenv(variable_of_command.c_str()), variable_of_command);
  else if (places.command_of_user) return ask(*places.command_of_user, places.key + "_command");
  return chosen;
}

bool is_held(const Result<std::optional<Secret>>& secret) { return secret && *secret; }

}  // namespace

bool needs_key(const Command& command) {
  if (std::holds_alternative<UploadCommand>(command.verb) || std::holds_alternative<PostCommand>(command.verb)) {
    return !command.common.dry_run;
  }
  if (const auto* watch = std::get_if<WatchCommand>(&command.verb)) return watch->post && !command.common.dry_run;
  if (const auto* webhook = std::get_if<WebhookCommand>(&command.verb)) {
    return webhook->register_url || webhook->unregister;
  }
  return std::holds_alternative<StatusCommand>(command.verb) || std::holds_alternative<DoctorCommand>(command.verb);
}

Result<Keys> take_keys(const Command& command, const Settings& settings) {
  const CommonOptions& options = command.common;
  const bool may_run = needs_key(command);
  const Chosen api = choose({"--api-key", "AYRSHARE_API_KEY", "api_key", options.api_key_file, options.api_key_command,
                             settings.user.api_key_command},
                            may_run);
  const Chosen profile = choose({"--profile-key", "AYRSHARE_PROFILE_KEY", "profile_key", options.profile_key_file,
                                 options.profile_key_command, settings.user.profile_key_command},
                                may_run);
  Keys keys{read_secret(api.source), read_secret(profile.source),
            read_secret({options.webhook_secret_file, "AYRSHARE_WEBHOOK_SECRET"}), api.name};
  if (is_held(keys.api_key) || is_held(keys.profile_key) || is_held(keys.webhook_secret)) {
    TOKPREP_TRY(keep_out_of_core_dumps());
  }
  return keys;
}

}  // namespace tokprep::cli
