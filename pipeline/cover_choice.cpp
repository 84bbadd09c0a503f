#include "pipeline/cover_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipeline/cover.h"

namespace tokprep {
namespace {

int percent(double share) { return static_cast<int>(share * 100 + 0.5); }

std::string_view fault_of(const FrameLook& look) {
  if (look.black) return "black";
  return look.flat ? "one colour" : "in a fade";
}

std::string measures_of(const FrameLook& look) {
  if (look.black || look.flat || !look.luma_before || !look.luma_after) {
    return fmt::format("mean brightness {} %, from its darkest to its brightest {} %", percent(look.luma_mean),
                       percent(look.luma_spread));
  }
  return fmt::format("mean brightness {} % 0.3 s before, then {} %, {} % 0.3 s after", percent(*look.luma_before),
                     percent(look.luma_mean), percent(*look.luma_after));
}

}  // namespace

Result<std::optional<CoverChoice>> choose_cover(const std::filesystem::path& source, const Examined& examined,
                                                const TimePart& part, bool first, const PrepareTools& tools) {
  const Plan& plan = *examined.plan;
  const std::int64_t at_us = first ? plan.cover_at_us.value_or(0) : 0;
  if (tools.request.item.cover || (!plan.cover_auto && at_us == 0)) return std::nullopt;
  CoverSearchJob job = cover_search_job(source.string(), examined.info);
  job.start_us = plan.start_us + part.start_us;
  // What a hold or a loop adds was seen before.
  job.duration_us = std::min(part.end_us, examined.info.duration_us.value_or(part.end_us)) - part.start_us;
  job.alpha = plan.video.alpha;
  if (!plan.cover_auto) job.at_us = at_us;
  tools.run.report("thumbnail", 0);
  TOKPREP_ASSIGN(const CoverSearchResult found, tools.workers.find_cover(job, tools.run));
  return CoverChoice{found.at_us, found.look, plan.cover_auto ? found.frames : 0};
}

std::string cover_note(const CoverChoice& choice) {
  return fmt::format(
      "cover: the frame at {} ms, the best of {} looked at (brightness {} %, contrast {} %, sharpness {} %)",
      choice.at_us / 1000, choice.frames, percent(choice.look.luma_mean), percent(choice.look.luma_spread),
      percent(choice.look.sharpness));
}

std::optional<Finding> cover_finding(const CoverChoice& choice, const Rules& rules) {
  const Rule* rule = rules.find("cover.frame");
  if (rule == nullptr || !choice.look.unfit()) return std::nullopt;
  Finding finding;
  finding.rule = rule->id;
  finding.severity = rule->severity;
  finding.measured = std::string(fault_of(choice.look));
  finding.limit = rules.words(rule->id).front();
  finding.message = fmt::format("the cover's frame at {} ms is {}: {}", choice.at_us / 1000, fault_of(choice.look),
                                measures_of(choice.look));
  finding.fixable = choice.frames == 0;
  finding.fix = finding.fixable ? "--thumbnail-offset auto looks for a better frame"
                                : "no frame that was looked at is better: --thumbnail FILE gives a picture instead";
  return finding;
}

void tell_covers(const std::vector<CoverChoice>& choices, const Rules& rules, Plan& plan,
                 std::vector<Finding>& findings) {
  if (choices.empty()) return;
  plan.cover_at_us = choices.front().at_us;
  plan.cover_auto = false;
  std::erase(plan.notes, kCoverAutoNote);
  for (const CoverChoice& choice : choices) {
    if (choice.frames > 0) plan.notes.push_back(cover_note(choice));
    const auto finding = cover_finding(choice, rules);
    if (!finding) continue;
    plan.notes.push_back(fmt::format("warning: {}; {}", finding->message, finding->fix));
    findings.push_back(*finding);
  }
}

}  // namespace tokprep
