#include <fmt/format.h>

#include <utility>

#include "base/pending_file.h"
#include "base/units.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cover.h"
#include "pipeline/cover_choice.h"
#include "pipeline/originals.h"

namespace tokprep::cli {
namespace {

Status check_output(const ThumbnailCommand& command) {
  if (!takes_place_of(command.output, command.file)) return {};
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.file = command.file.string();
  error.message = fmt::format("the frame would overwrite the file it is taken from, {}", command.file.string());
  error.fix = "name another file with -o";
  return fail(std::move(error));
}

Result<ItemDone> take_frame(const ThumbnailCommand& command, Session& session, Workers& workers,
                            const RunContext& run) {
  TOKPREP_TRY(check_output(command));
  TOKPREP_ASSIGN(const MediaInfo info, workers.probe(command.file, run));
  if (info.chosen_video_stream() == nullptr) {
    return fail(ErrorCode::kUnsupportedInput,
                fmt::format("{} holds no video to take a frame of", command.file.string()));
  }
  const std::string input = command.file.string();
  ThumbnailJob job = thumbnail_job(
      input, info, session.rules, std::chrono::microseconds(command.at.value_or(std::chrono::milliseconds(0))).count());
  ItemDone done;
  done.item = command.file.string();
  done.kind = "video";
  done.dry_run = session.options.dry_run;
  if (done.dry_run) {
    done.summary = fmt::format("a frame of {}x{} in {}{}", job.picture.width_px, job.picture.height_px,
                               command.output.string(), command.at ? "" : "; auto: it is looked for");
    return done;
  }
  TOKPREP_ASSIGN(PendingFile file, PendingFile::create(command.output));
  job.output = file.path().string();
  CoverChoice choice;
  if (!command.at) {
    TOKPREP_ASSIGN(const CoverSearchResult found, workers.find_cover(cover_search_job(input, info), run));
    choice = {found.at_us, found.look, found.frames};
    job.at_us = found.at_us;
  }
  TOKPREP_ASSIGN(const ThumbnailResult taken, workers.thumbnail(job, run));
  TOKPREP_TRY(file.commit());
  done.outputs = {{"cover", command.output.string(), "image/jpeg", taken.size_bytes}};
  done.summary = fmt::format("the frame at {}, {}x{}", format_duration(std::chrono::microseconds(taken.taken_at_us)),
                             taken.width_px, taken.height_px);
  if (!command.at) done.summary += "; " + cover_note(choice);
  return done;
}

}  // namespace

int run_thumbnail(const ThumbnailCommand& command, Session& session) {
  Item item;
  item.name = command.file.string();
  item.sources = {command.file};
  const auto handle = [&](const Item& one, WorkerLease& lease, const RunContext& run) -> ItemOutcome {
    auto done = take_frame(command, session, lease.workers(), run);
    if (!done) return failed(session.out, one, std::move(done).error());
    session.out.on(*done);
    return {};
  };
  return session.run({item}, handle);
}

}  // namespace tokprep::cli
