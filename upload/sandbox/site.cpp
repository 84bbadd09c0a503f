#include "upload/sandbox/site.h"

#include <fmt/format.h>

#include "upload/sandbox/dates.h"

namespace tokprep::sandbox {

std::int64_t Site::now_ms() const { return to_ms(clock.now()); }

std::string Site::origin() const { return fmt::format("http://127.0.0.1:{}", port); }

std::string Site::media_url(std::string_view media_path) const {
  return fmt::format("{}/media/{}", origin(), media_path);
}

std::optional<std::string> Site::media_path(std::string_view url) const {
  for (const std::string& prefix : {origin() + "/media/", fmt::format("http://localhost:{}/media/", port)}) {
    if (url.starts_with(prefix)) return std::string(url.substr(prefix.size()));
  }
  return std::nullopt;
}

}  // namespace tokprep::sandbox
