#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace tokprep {

/// A string that prints as `***` and is wiped when it goes. `reveal()` is for the HTTP header alone.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret();

  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

  /// First 12 hex digits of its SHA-256: tells accounts apart without telling the key.
  [[nodiscard]] std::string fingerprint() const;

 private:
  std::string value_;
};

/// Where a key may come from, strongest first: `file` (a flag), then NAME_FILE, then NAME in the environment.
struct SecretSource {
  std::optional<std::filesystem::path> file;  ///< --api-key-file
  std::string variable;                       ///< "AYRSHARE_API_KEY"
};

/// The key, without surrounding white space; nothing where no source is set.
/// Errors: kAuth for a file that is missing, unreadable, or empty, and for a key that is not one printable word.
/// Both variables are removed from our environment, whichever source wins, so that no child inherits them; a
/// second call finds nothing there. Not safe while another thread reads the environment: call it at the start.
Result<std::optional<Secret>> read_secret(const SecretSource& source);

}  // namespace tokprep
