#pragma once

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <map>
#include <string>

#include "base/clock.h"

namespace tokprep::test {

inline long long unix_seconds(Clock::TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// HMAC-SHA256 as 64 lower-case hex digits.
inline std::string hmac_hex(const std::string& message, const std::string& secret) {
  std::array<unsigned char, 32> mac{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &length);
  std::string hex;
  for (const unsigned char byte : mac) hex += fmt::format("{:02x}", byte);
  return hex;
}

/// What the service sends beside a body; names in lower case.
inline std::map<std::string, std::string> signed_headers(const std::string& body, const std::string& secret,
                                                         Clock::TimePoint now) {
  return {{"x-authorization-timestamp", std::to_string(unix_seconds(now))},
          {"x-authorization-content-sha256", hmac_hex(body, secret)}};
}

}  // namespace tokprep::test
