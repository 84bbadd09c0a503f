#include "pipeline/cli/commands/upload_item.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tokprep::cli {
namespace {

struct TypeRow {
  std::string_view format;  ///< as `ContainerInfo::format` calls it
  std::string_view mime;
};
constexpr std::array kTypes = {TypeRow{"mp4", "video/mp4"}, TypeRow{"mov", "video/quicktime"},
                               TypeRow{"jpeg", "image/jpeg"}, TypeRow{"png", "image/png"},
                               TypeRow{"webp", "image/webp"}};

const Finding* first_must(const std::vector<Finding>& findings) {
  const auto found = std::ranges::find(findings, Severity::kMust, &Finding::severity);
  return found != findings.end() ? &*found : nullptr;
}

Error refusal(const std::string& file, const Finding& finding) {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = finding.message;
  error.file = file;
  error.rule = finding.rule;
  error.measured = finding.measured;
  error.limit = finding.limit;
  error.unit = finding.unit;
  error.fix = "run tokprep prepare on it and upload the result";
  return error;
}

}  // namespace

Result<OutputFile> uploadable(const std::string& file, const MediaInfo& info, const Rules& rules) {
  const auto as_media = check(info, rules, AssetRole::kMedia);
  const bool is_image = info.kind == MediaKind::kImage;
  const bool fits = complies(as_media) || (is_image && complies(check(info, rules, AssetRole::kCover)));
  if (!fits) return fail(refusal(file, *first_must(as_media)));
  const auto* type = std::ranges::find(kTypes, info.container.format, &TypeRow::format);
  if (type == kTypes.end()) {
    Error error;
    error.code = ErrorCode::kNotCompliant;
    error.message = fmt::format("{} is {}, which the service does not take", file, info.container.format);
    error.file = file;
    error.measured = info.container.format;
    error.limit = std::string("mp4, mov, jpeg, png or webp");
    error.fix = "run tokprep prepare on it and upload the result";
    return fail(std::move(error));
  }
  return OutputFile{"media", file, std::string(type->mime), info.size_bytes};
}

}  // namespace tokprep::cli
