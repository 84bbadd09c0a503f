#include "pipeline/cli/keys.h"

#include <cstdlib>

namespace tokprep::cli {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

std::string source_of_api_key(const CommonOptions& options) {
  if (options.api_key_file) return "--api-key-file";
  if (is_set("AYRSHARE_API_KEY_FILE")) return "AYRSHARE_API_KEY_FILE";
  return is_set("AYRSHARE_API_KEY") ? "AYRSHARE_API_KEY" : "";
}

}  // namespace

Keys take_keys(const CommonOptions& options) {
  std::string source = source_of_api_key(options);  // told before reading, which empties the variables
  return {read_secret({options.api_key_file, "AYRSHARE_API_KEY"}),
          read_secret({options.profile_key_file, "AYRSHARE_PROFILE_KEY"}), std::move(source)};
}

}  // namespace tokprep::cli
