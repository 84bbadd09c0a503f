#include <fmt/format.h>

#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/doctor_cage.h"
#include "pipeline/cli/commands/doctor_checks.h"
#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

std::string_view name_of_health(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarn:
      return "warn";
    case Health::kFail:
      break;
  }
  return "fail";
}

}  // namespace

int run_doctor(const DoctorCommand& command, Session& session) {
  const RunContext run = session.context();
  int worst = 0;
  const auto report = [&](const HealthCheck& check) {
    const std::string_view health = name_of_health(check.health);
    session.out.data({{"type", "check"}, {"name", check.name}, {"status", health}, {"message", check.message}},
                     fmt::format("{:<4}  {:<13} {}", health, check.name, shown(check.message)));
    if (check.health != Health::kFail) return;
    const int code = exit_code(check.code);
    worst = worst == 0 ? code : std::min(worst, code);
  };
  const WorkerOptions workers = session.worker_options();
  report(check_worker(workers, WorkerKind::kAv, run));
  report(check_worker(workers, WorkerKind::kImage, run));
  report(check_probe(workers, run));
  if (!session.options.dry_run) report(check_state_folder());
  report(check_disk());
  for (const WorkerKind kind : {WorkerKind::kAv, WorkerKind::kImage}) {
    for (const HealthCheck& check : check_cage(workers, kind, run)) report(check);
  }
  report(check_key(session.keys));
  if (!session.options.dry_run) report(check_service(session.settings, session.keys, run));
  if (command.online) report(check_account(session.settings, session.keys, run));
  return session.end(worst);
}

}  // namespace tokprep::cli
