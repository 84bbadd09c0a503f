#include "pipeline/worker_death.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/units.h"
#include "pipeline/disk_room.h"

namespace tokprep {
namespace {

constexpr const char* kDamaged = "the file is probably damaged; nothing of it was kept";
constexpr const char* kDamagedOrBusy = "the file is probably damaged, or the machine very busy; nothing of it was kept";
constexpr const char* kBadInstallation = "install tokprep and its libraries again; tokprep doctor tries the workers";

WorkerDeath death(std::string what, std::string fix) {
  WorkerDeath death;
  death.error.code = ErrorCode::kWorkerFailed;
  death.error.message = std::move(what);
  death.error.fix = std::move(fix);
  return death;
}

/// A file that is only large must come through once the limit is raised.
WorkerDeath death_of_limit(std::string what, std::string fix) {
  WorkerDeath lost = death(std::move(what), std::move(fix));
  lost.blames_file = false;
  return lost;
}

/// No file's fault: the next run may well come through.
WorkerDeath death_of_nobody(std::string what, std::string fix) {
  WorkerDeath lost = death_of_limit(std::move(what), std::move(fix));
  lost.error.code = ErrorCode::kWorkerEnded;
  return lost;
}

WorkerDeath death_of_full_disk(const ProcessEnd& end) {
  WorkerDeath lost = death_of_limit(fmt::format("was ended as a disk is full ({})", end.text()),
                                    "make room, in the folder for temporary files ($TMPDIR) too, and run again");
  lost.error.code = ErrorCode::kNoSpace;
  return lost;
}

/// What people send, or the kernel when memory runs out; a decoder gone wrong does not end by these.
bool is_from_outside(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

WorkerDeath death_from_outside(const ProcessEnd& end) {
  if (end.signal != SIGKILL)
    return death_of_nobody(fmt::format("was ended from outside ({})", end.text()), "run again");
  return death_of_nobody(
      fmt::format("was killed from outside ({}), most likely as the machine ran out of memory", end.text()),
      "--jobs 1 takes less memory; or run again");
}

}  // namespace

WorkerDeath death_before_hello(const ProcessEnd& end, const std::string& complaint) {
  if (is_from_outside(end.signal)) return death_from_outside(end);
  return before_hello(death(fmt::format("did not start ({}{}{})", end.text(), complaint.empty() ? "" : ": ", complaint),
                            kBadInstallation));
}

WorkerDeath death_of_end(const ProcessEnd& end, const std::vector<std::filesystem::path>& places) {
  if (is_from_outside(end.signal)) return death_from_outside(end);
  if (end.signal == SIGBUS && std::ranges::any_of(places, has_little_room)) return death_of_full_disk(end);
  switch (end.signal) {
    case SIGSYS:
      return death(fmt::format("was ended by the kernel for a forbidden system call ({})", end.text()), kDamaged);
    case SIGXFSZ:
      return death_of_limit(fmt::format("wrote more than it may ({})", end.text()), "--worker-output allows more");
    case SIGXCPU:
      return death_of_limit(fmt::format("took more of the processors' time than the system allows ({})", end.text()),
                            "raise the limit (ulimit -t)");
    default:
      return death(fmt::format("crashed ({})", end.text()), kDamaged);
  }
}

WorkerDeath before_hello(WorkerDeath death) {
  death.blames_file = false;
  death.error.code = ErrorCode::kWorkerEnded;
  if (death.error.fix == kDamaged || death.error.fix == kDamagedOrBusy) death.error.fix = kBadInstallation;
  return death;
}

WorkerDeath death_of_breach(const Breach& breach) {
  WorkerDeath lost = death_of_limit(fmt::format("{} and was ended", breach.what), breach.fix);
  lost.error.measured = breach.measured;
  lost.error.limit = breach.limit;
  lost.error.unit = breach.unit;
  lost.may_retry = breach.is_worth_a_retry;
  return lost;
}

WorkerDeath death_of_stall(std::chrono::milliseconds stall_time) {
  WorkerDeath lost =
      death(fmt::format("made no progress for {} and was ended", format_duration(stall_time)), kDamagedOrBusy);
  lost.error.measured = lost.error.limit = static_cast<double>(stall_time.count()) / 1000;
  lost.error.unit = "s";
  lost.may_pass = true;
  return lost;
}

WorkerDeath death_of_deafness() { return death_of_nobody("did not take its job and was ended", "run again"); }

WorkerDeath death_of_nonsense(const std::string& why) { return death("could not be understood: " + why, kDamaged); }

void place(WorkerDeath& death, const std::string& program, const std::string& job, const std::string& file,
           const std::optional<Progress>& last) {
  death.error.file = file;
  death.error.message = fmt::format("{} {} during {}", program, death.error.message, job);
  if (!file.empty()) death.error.message += " of " + file;
  if (!last) return;
  death.error.stage = last->stage;
  death.error.stage_done = last->done;
  death.error.message += fmt::format(", at {:.0f} % of {}", 100 * last->done, last->stage);
}

}  // namespace tokprep
