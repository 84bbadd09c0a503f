#include "pipeline/cli/commands/media_inspector.h"

#include <array>
#include <string>
#include <utility>

namespace tokprep::cli {
namespace {

struct ReasonRow {
  std::string_view rules;  ///< how their ids begin
  std::string_view reason;
};

constexpr std::string_view kFormatReason = "file_format_check_failed";
constexpr std::array kReasons = {
    ReasonRow{"video.frame_rate", "frame_rate_check_failed"}, ReasonRow{"video.duration", "duration_check_failed"},
    ReasonRow{"video.side", "picture_size_check_failed"},     ReasonRow{"video.aspect", "picture_size_check_failed"},
    ReasonRow{"image.box", "picture_size_check_failed"},      ReasonRow{"image.size", "picture_size_check_failed"},
};

/// The first thing TikTok would mind. Private metadata is our care alone.
const Finding* first_refusal(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kMust && finding.rule != "metadata.private") return &finding;
  }
  return nullptr;
}

}  // namespace

std::string_view late_reason_of(std::string_view rule_id) {
  for (const ReasonRow& row : kReasons) {
    if (rule_id.starts_with(row.rules)) return row.reason;
  }
  return kFormatReason;
}

MediaInspector::MediaInspector(const Rules& rules, const WorkerOptions& workers, bool late, std::stop_token stop)
    : rules_(rules), late_(late), workers_(workers) {
  run_.stop = std::move(stop);
}

Inspection MediaInspector::operator()(const std::filesystem::path& file) {
  const std::lock_guard lock(mutex_);
  const auto info = workers_.probe(file, run_);
  Inspection seen;
  if (!info) {
    if (late_) seen.late_reason = kFormatReason;
    else seen.refusal = info.error().message;
    return seen;
  }
  seen.kind = info->kind == MediaKind::kVideo ? Inspection::Kind::kVideo : Inspection::Kind::kImage;
  const auto findings = check(*info, rules_);
  const Finding* refusal = first_refusal(findings);
  if (refusal == nullptr) return seen;
  if (late_) seen.late_reason = late_reason_of(refusal->rule);
  else seen.refusal = refusal->message;
  return seen;
}

}  // namespace tokprep::cli
