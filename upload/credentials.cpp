#include "upload/credentials.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/file_descriptor.h"
#include "upload/key_command.h"

namespace tokprep {
namespace {

constexpr std::size_t kKeyMaxBytes = 4096;

tl::unexpected<Error> unusable(std::string message, const std::string& file) {
  Error error;
  error.code = ErrorCode::kAuth;
  error.message = std::move(message);
  error.file = file;
  return fail(std::move(error));
}

/// What `text` holds between white space, as a key. `where` names the source, never the value.
Result<std::optional<Secret>> key_from(std::string text, const std::string& where, const std::string& file) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  std::optional<Secret> key;
  if (first != std::string::npos) key.emplace(text.substr(first, text.find_last_not_of(kSpace) + 1 - first));
  wipe(text);
  if (!key) return std::optional<Secret>();
  // It becomes a header line: anything else in it is a wrong file or a slip while copying.
  const bool printable = std::ranges::all_of(key->reveal(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!printable) return unusable(fmt::format("the key in {} is not one word of printable characters", where), file);
  return key;
}

Result<std::optional<Secret>> key_from_file(const std::filesystem::path& path, const std::string& named_by) {
  auto text = read_text_file(path, kKeyMaxBytes);
  if (!text) return unusable(fmt::format("{}: {}", named_by, text.error().message), path.string());
  TOKPREP_ASSIGN(auto key, key_from(std::move(*text), path.string(), path.string()));
  if (!key) return unusable(fmt::format("{}: {} is empty", named_by, path.string()), path.string());
  return key;
}

Result<std::optional<Secret>> key_from_command(const SecretSource& source) {
  TOKPREP_ASSIGN(std::string text, output_of(KeyCommand{*source.command, source.command_flag}));
  // Password managers keep more than the password: what follows it is not ours, and is wiped with the rest.
  if (const auto line_end = text.find('\n'); line_end != std::string::npos) text.resize(line_end);
  TOKPREP_ASSIGN(auto key, key_from(std::move(text), "what the command of " + source.command_flag + " printed", ""));
  if (!key) return unusable(source.command_flag + ": the command printed nothing in its first line", "");
  return key;
}

/// The variable's value; afterwards neither our children nor /proc/PID/environ have it.
std::optional<std::string> take_variable(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  std::string text(value);
  OPENSSL_cleanse(value, std::strlen(value));
  ::unsetenv(name.c_str());
  return text;
}

}  // namespace

Result<std::optional<Secret>> read_secret(const SecretSource& source) {
  // Both are taken even where a stronger source wins: what is left behind would be inherited.
  auto value = take_variable(source.variable);
  const auto file_name = take_variable(source.variable + "_FILE");
  const bool is_elsewhere = source.file || source.command || (file_name && !file_name->empty());
  if (is_elsewhere && value) wipe(*value);
  if (source.file) return key_from_file(*source.file, "the key file");
  if (source.command) return key_from_command(source);
  if (file_name && !file_name->empty()) return key_from_file(*file_name, source.variable + "_FILE");
  if (!value) return std::optional<Secret>();
  return key_from(std::move(*value), source.variable, "");
}

}  // namespace tokprep
