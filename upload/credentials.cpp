#include "upload/credentials.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/digest.h"
#include "base/file_descriptor.h"

namespace tokprep {
namespace {

constexpr std::size_t kKeyMaxBytes = 4096;

/// Overwrites the whole buffer: a string that was moved from or shortened still holds its old bytes.
void wipe(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

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

Secret::~Secret() { wipe(value_); }

std::string Secret::fingerprint() const { return sha256_of(value_).substr(0, 12); }

Result<std::optional<Secret>> read_secret(const SecretSource& source) {
  // Both are taken even where a stronger source wins: what is left behind would be inherited.
  auto value = take_variable(source.variable);
  const auto file_name = take_variable(source.variable + "_FILE");
  if (source.file || (file_name && !file_name->empty())) {
    if (value) wipe(*value);
    if (source.file) return key_from_file(*source.file, "the key file");
    return key_from_file(*file_name, source.variable + "_FILE");
  }
  if (!value) return std::optional<Secret>();
  return key_from(std::move(*value), source.variable, "");
}

}  // namespace tokprep
