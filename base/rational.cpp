#include "base/rational.h"

#include <nlohmann/json.hpp>
#include <numeric>

namespace tokprep {

std::string to_text(Rational value) {
  if (value.den == 1) return std::to_string(value.num);
  return std::to_string(value.num) + "/" + std::to_string(value.den);
}

Rational reduced(Rational value) {
  if (value.den == 0) return {0, 1};
  const std::int64_t divisor = std::gcd(value.num, value.den);
  const std::int64_t sign = value.den < 0 ? -1 : 1;
  return {sign * value.num / divisor, sign * value.den / divisor};
}

void to_json(nlohmann::json& json, const Rational& value) { json = to_text(value); }

void from_json(const nlohmann::json& json, Rational& value) {
  const auto text = json.get<std::string>();
  const auto slash = text.find('/');
  value.num = std::stoll(text.substr(0, slash));
  value.den = slash == std::string::npos ? 1 : std::stoll(text.substr(slash + 1));
}

}  // namespace tokprep
