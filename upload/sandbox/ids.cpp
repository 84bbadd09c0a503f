#include "upload/sandbox/ids.h"

#include <random>
#include <string_view>

namespace tokprep::sandbox {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view kAlphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::string random_text(std::string_view alphabet, std::size_t length) {
  std::random_device source;  // the system's generator: each draw is unpredictable
  std::uniform_int_distribution<std::size_t> place(0, alphabet.size() - 1);
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += alphabet[place(source)];
  return text;
}

}  // namespace

std::string random_alphanumerics(std::size_t length) { return random_text(kAlphanumerics, length); }

std::string random_hex(std::size_t length) { return random_text(kHex, length); }

std::string random_digits(std::size_t length) {
  return random_text(kDigits.substr(1), 1) + random_text(kDigits, length - 1);
}

std::string random_uuid() {
  return random_hex(8) + "-" + random_hex(4) + "-4" + random_hex(3) + "-" + random_text("89ab", 1) + random_hex(3) +
         "-" + random_hex(12);
}

std::string random_api_key() {
  return random_text(kUpper, 7) + "-" + random_text(kUpper, 7) + "-" + random_text(kUpper, 7) + "-" +
         random_text(kUpper, 7);
}

}  // namespace tokprep::sandbox
