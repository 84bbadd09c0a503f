#include "pipeline/photo_verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tokprep {

void to_json(nlohmann::json& json, const PhotoVerdict& verdict) {
  json = {{"image", verdict.source.filename().string()}, {"findings", verdict.findings}};
  if (verdict.error) {
    json["verdict"] = Verdict::kRefused;
    json["error"] = *verdict.error;
    return;
  }
  json["verdict"] = tokprep::verdict(*verdict.plan);
  json["plan"] = *verdict.plan;
  json["summary"] = summary(*verdict.plan);
}

std::optional<Error> error_of(const std::vector<PhotoVerdict>& verdicts) {
  std::vector<const PhotoVerdict*> refused;
  for (const PhotoVerdict& verdict : verdicts) {
    if (verdict.error) refused.push_back(&verdict);
  }
  if (refused.empty()) return std::nullopt;
  Error error = *refused.front()->error;
  if (refused.size() == 1) return error;
  std::vector<std::string> others;
  std::ranges::transform(refused.begin() + 1, refused.end(), std::back_inserter(others),
                         [](const PhotoVerdict* one) { return one->source.filename().string(); });
  error.message = fmt::format("{} of {} images cannot be used; the first: {}; also {}", refused.size(), verdicts.size(),
                              error.message, fmt::join(others, ", "));
  return error;
}

}  // namespace tokprep
