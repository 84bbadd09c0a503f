#pragma once

#include <compare>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tokprep {

/// An exact fraction: frame rates, sample aspects, time bases. JSON form: "30000/1001".
struct Rational {
  std::int64_t num = 0;
  std::int64_t den = 1;

  [[nodiscard]] double value() const { return den == 0 ? 0.0 : static_cast<double>(num) / static_cast<double>(den); }
  bool operator==(const Rational&) const = default;
};

/// "30000/1001", or "25" where the denominator is 1.
std::string to_text(Rational value);

/// Lowest terms, denominator positive. {0, 1} when the denominator is 0.
Rational reduced(Rational value);

void to_json(nlohmann::json& json, const Rational& value);
void from_json(const nlohmann::json& json, Rational& value);

}  // namespace tokprep
