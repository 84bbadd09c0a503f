#include "pipeline/cli/commands/doctor_cage.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tokprep::cli {
namespace {

HealthCheck cage_check(Health health, std::string message) {
  return {"cage", health, std::move(message), ErrorCode::kInternal};
}

bool stands(const CageReport& report, std::string_view name) {
  const auto wall = std::ranges::find(report.walls, name, &CageWall::name);
  return wall == report.walls.end() || wall->stands;
}

/// What gets out where this kernel lacks the wall that would have held it is no surprise, and no more than the missing
/// wall itself. Most attempts are calls that the filter would refuse.
bool is_expected(const std::string& kind, const CageReport& report) {
  if (report.mode == CageMode::kRequire) return false;
  return !stands(report, kind == "files" ? "files" : kind == "memory" ? "limits" : "calls");
}

/// One line for all attempts of one kind, or one for each that got through.
void judge_kind(const std::string& who, const std::string& wall, const EscapeResult& escape, Health got_out,
                std::vector<HealthCheck>& checks) {
  std::vector<std::string> held;
  for (const EscapeAttempt& attempt : escape.attempts) {
    if (attempt.wall != wall) continue;
    if (attempt.held) held.push_back(attempt.what);
    else checks.push_back(cage_check(got_out, fmt::format("{} got out: {}: {}", who, attempt.what, attempt.outcome)));
  }
  if (held.empty()) return;
  checks.push_back(cage_check(Health::kOk, fmt::format("{}, {}: refused: {}", who, wall, fmt::join(held, ", "))));
}

void judge_attempts(const std::string& who, const EscapeResult& escape, const std::optional<CageReport>& report,
                    std::vector<HealthCheck>& checks) {
  std::vector<std::string> judged;
  for (const EscapeAttempt& attempt : escape.attempts) {
    if (std::ranges::find(judged, attempt.wall) != judged.end()) continue;
    judged.push_back(attempt.wall);
    const bool is_known_gap = report && is_expected(attempt.wall, *report);
    judge_kind(who, attempt.wall, escape, is_known_gap ? Health::kWarn : Health::kFail, checks);
  }
}

void judge_report(const std::string& who, const CageReport& report, std::vector<HealthCheck>& checks) {
  const Health lacking = report.mode == CageMode::kRequire ? Health::kFail : Health::kWarn;
  for (const CageWall& wall : report.walls) {
    checks.push_back(
        cage_check(wall.stands ? Health::kOk : lacking,
                   fmt::format("{}, {}{}: {}", who, wall.name, wall.stands ? "" : " missing", wall.detail)));
  }
}

}  // namespace

std::vector<HealthCheck> check_cage(const WorkerOptions& options, WorkerKind kind, const RunContext& run) {
  const std::string who = kind == WorkerKind::kAv ? "video worker" : "image worker";
  if (options.cage == CageMode::kOff) {
    return {
        cage_check(Health::kWarn, fmt::format("{}: off (--cage off): decoders can reach the network and files", who))};
  }
  Workers workers(options);
  const auto escape = workers.try_to_escape(kind, run);
  if (!escape) {
    HealthCheck failed = cage_check(Health::kFail, fmt::format("{}: {}", who, describe(escape.error())));
    if (!escape.error().fix.empty()) failed.message += "; " + escape.error().fix;
    failed.code = escape.error().code;
    return {failed};
  }
  std::vector<HealthCheck> checks;
  const auto report = workers.cage(kind);
  if (report) judge_report(who, *report, checks);
  judge_attempts(who, *escape, report, checks);
  return checks;
}

}  // namespace tokprep::cli
