#pragma once

#include <fmt/core.h>

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

namespace tokprep {

/// A string that prints as `***` and is wiped when it goes or is replaced. `reveal()` is for the one place that needs
/// the bytes: a header, a signature.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept { value_.swap(other.value_); }
  Secret& operator=(Secret other) noexcept {  // what was here goes with `other`, wiped
    value_.swap(other.value_);
    return *this;
  }
  ~Secret();

  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

  /// First 12 hex digits of its SHA-256: tells accounts apart without telling the key.
  [[nodiscard]] std::string fingerprint() const;

 private:
  std::string value_;
};

/// "***".
std::ostream& operator<<(std::ostream& out, const Secret& secret);

/// A secret has no JSON form: nothing that is stored or sent may come to hold one by accident.
void to_json(nlohmann::json& json, const Secret& secret) = delete;
void from_json(const nlohmann::json& json, Secret& secret) = delete;

/// Overwrites all a string holds, also what it held before it was shortened or moved from.
void wipe(std::string& text);

}  // namespace tokprep

template <>
struct fmt::formatter<tokprep::Secret> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const tokprep::Secret&, Context& context) const {
    return fmt::formatter<fmt::string_view>::format("***", context);
  }
};
