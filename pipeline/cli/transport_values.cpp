#include "pipeline/cli/transport_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>

#include "base/units.h"
#include "upload/url.h"

namespace tokprep::cli {
namespace {

constexpr std::array<std::string_view, 6> kProxySchemes = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};

tl::unexpected<Error> refuse(std::string message) { return fail(ErrorCode::kInvalidArgument, std::move(message)); }

/// A slash, question or number sign in the password ends the host before it began: what follows would be shown, and
/// taken for something else.
bool has_broken_password(std::string_view url) {
  const auto scheme_end = url.find("://");
  const auto begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const auto at = url.rfind('@');
  return at != std::string_view::npos && url.find_first_of("#/?", begin) < at;
}

}  // namespace

Status set_limit_rate(SettingsLayer& layer, std::string_view text) {
  std::string_view size = text;
  if (size.ends_with("/s")) size.remove_suffix(2);
  const auto rate = parse_size_bytes(size);
  if (!rate) return refuse(fmt::format("'{}' is no rate; 2MB/s is one", text));
  if (*rate == 0) return refuse("at a rate of 0 nothing would ever arrive");
  layer.limit_rate_bytes_per_s = *rate;
  return {};
}

Status set_proxy(SettingsLayer& layer, std::string_view text) {
  if (has_broken_password(text)) {
    return refuse("the user or password of the proxy holds '#', '/' or '?'; write %23, %2F or %3F instead");
  }
  const std::string scheme = scheme_of(text);
  const bool is_known = std::ranges::find(kProxySchemes, scheme) != kProxySchemes.end();
  if (!is_known || host_of(text).empty()) {
    return refuse(fmt::format("'{}' is no proxy; http://proxy.example:3128 and socks5h://proxy.example:1080 are",
                              shown_url(std::string(text))));
  }
  layer.proxy = std::string(text);
  return {};
}

Status set_ca_file(SettingsLayer& layer, std::string_view text) {
  const std::filesystem::path path{std::string(text)};
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return refuse(fmt::format("{} is not there", path.string()));
  layer.ca_file = path;
  return {};
}

}  // namespace tokprep::cli
