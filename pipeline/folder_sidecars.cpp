#include "pipeline/folder_sidecars.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file_descriptor.h"
#include "base/text.h"

namespace tokprep {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

tl::unexpected<Error> unusable(const Sidecar& sidecar, std::string why, std::string fix = {}) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("{}{}", sidecar.path.string(), why);
  error.file = sidecar.path.string();
  error.fix = std::move(fix);
  return fail(std::move(error));
}

Result<std::string> read(const Sidecar& sidecar, const FolderBounds* bounds) {
  if (!sidecar.problem.empty()) return unusable(sidecar, ": " + sidecar.problem, "put the file itself there");
  TOKPREP_ASSIGN(const FileDescriptor opened, open_within(bounds, sidecar.path));
  return read_text_file(opened, sidecar.path);
}

/// The place of the first byte that is not part of well-formed UTF-8; the size of `text` if there is none.
std::size_t first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(text.substr(at, length))) ++length;
    if (length > 4) return at;
    at += std::min(length, text.size() - at);
  }
  return at;
}

Result<std::string> read_caption(const Sidecar& sidecar, const FolderBounds* bounds) {
  TOKPREP_ASSIGN(std::string text, read(sidecar, bounds));
  if (const std::size_t bad = first_bad_byte(text); bad < text.size()) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n');
    return unusable(sidecar, fmt::format(", line {}: not UTF-8 at byte {}", line, bad), "save it as UTF-8");
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  text.erase(text.find_last_not_of("\r\n") + 1);
  return text;
}

}  // namespace

Status read_sidecars(const Sidecars& sidecars, Item& item) {
  const FolderBounds* bounds = sidecars.bounds.get();
  if (sidecars.options) {
    TOKPREP_ASSIGN(const std::string text, read(*sidecars.options, bounds));
    TOKPREP_ASSIGN(item.options, parse_post_options(text, sidecars.options->path.string()));
  }
  if (sidecars.caption) {
    TOKPREP_ASSIGN(std::string caption, read_caption(*sidecars.caption, bounds));
    const std::string other = item.options.or_default().caption.value_or("");
    if (!other.empty() && other != caption) {
      return unusable(*sidecars.caption,
                      fmt::format(" holds another caption than \"post\" in {}", sidecars.options->path.string()),
                      "keep one of the two");
    }
    item.options.edit().caption = std::move(caption);
  }
  if (sidecars.cover) {
    if (!sidecars.cover->problem.empty()) return unusable(*sidecars.cover, ": " + sidecars.cover->problem);
    item.cover = sidecars.cover->path;
    item.cover_bounds = sidecars.bounds;
  }
  return {};
}

}  // namespace tokprep
