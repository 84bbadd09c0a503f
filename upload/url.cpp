#include "upload/url.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/text.h"

namespace tokprep {
namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

struct UrlParts {
  std::string_view scheme, authority, path;
};

UrlParts split(std::string_view url) {
  UrlParts parts;
  url = url.substr(0, url.find_first_of("?#"));
  if (const auto colon = url.find("://"); colon != std::string_view::npos) {
    parts.scheme = url.substr(0, colon);
    url.remove_prefix(colon + 3);
  }
  const auto slash = url.find('/');
  parts.authority = url.substr(0, slash);
  if (slash != std::string_view::npos) parts.path = url.substr(slash);
  if (const auto at = parts.authority.rfind('@'); at != std::string_view::npos) parts.authority.remove_prefix(at + 1);
  return parts;
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) encoded += c;
    else encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string shown_url(std::string_view url) {
  const UrlParts parts = split(url);
  return fmt::format("{}{}{}{}", parts.scheme, parts.scheme.empty() ? "" : "://", parts.authority, parts.path);
}

std::string scheme_of(std::string_view url) { return to_lower(split(url).scheme); }

std::string host_of(std::string_view url) {
  const std::string_view authority = split(url).authority;
  if (authority.starts_with('[')) return std::string(authority.substr(1, authority.find(']') - 1));
  return std::string(authority.substr(0, authority.find(':')));
}

bool is_loopback_url(std::string_view url) {
  const std::string host = to_lower(host_of(url));
  if (host == "localhost" || host == "::1") return true;
  in_addr address{};  // a name may begin with "127." too, and lead anywhere
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

}  // namespace tokprep
