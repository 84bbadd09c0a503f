#include "pipeline/plan.h"

#include <algorithm>

#include "pipeline/plan_parts.h"

namespace tokprep {
namespace {

constexpr std::string_view kPrivate = "metadata.private";

bool forces(const Finding& finding, const ConvertOptions& options) {
  if (finding.rule == kPrivate && options.keep_metadata) return false;
  return finding.severity == Severity::kMust;
}

}  // namespace

Result<Plan> plan(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                  const ConvertOptions& options, const Experience& experience) {
  return info.kind == MediaKind::kVideo ? plan_video(info, findings, rules, options, experience)
                                        : plan_image(info, findings, rules, options);
}

std::vector<std::string> forcing_rules(const std::vector<Finding>& findings, const ConvertOptions& options) {
  std::vector<std::string> ids;
  for (const Finding& finding : findings) {
    if (forces(finding, options) && !contains(ids, finding.rule)) ids.push_back(finding.rule);
  }
  return ids;
}

bool contains(const std::vector<std::string>& reasons, std::string_view id) {
  return std::ranges::find(reasons, id) != reasons.end();
}

}  // namespace tokprep
