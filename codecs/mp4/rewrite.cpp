#include "codecs/mp4/rewrite.h"

#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "codecs/mp4/chunk_layout.h"
#include "codecs/mp4/decline.h"
#include "codecs/mp4/in_band_sets.h"
#include "codecs/mp4/movie_writer.h"
#include "codecs/mp4/output_clock.h"
#include "codecs/mp4/source_movie.h"
#include "codecs/mp4/stretch_copy.h"

namespace tokprep::mp4 {
namespace {

// A clock with fewer ticks a second cannot write 30000/1001 as a constant rate.
constexpr std::uint32_t kFineClockHz = 10'000;

/// A finished decision.
struct RewritePlan {
  NewMovie movie;
  std::vector<Extent> stretches;
};

/// A track on its way into the new file, with the part of it that plays.
struct KeptTrack {
  NewTrack made;
  MediaSpan span;
};

Result<KeptTrack> keep_video(const RewriteRequest& request, const SourceMovie& source) {
  TOKPREP_ASSIGN(const Track* track, source.track(request.video_track));
  if (!track->is_video()) return decline("its picture is no video track");
  TOKPREP_ASSIGN(const TrackParts parts, source.parts(track->id));
  TOKPREP_ASSIGN(VideoEntry entry, clean_video_entry(parts.sample_description, request.colour));
  if (entry.open_sets_length_bytes > 0) {
    TOKPREP_TRY(require_no_in_band_sets(request.source, track->samples, entry.open_sets_length_bytes));
  }
  KeptTrack kept;
  kept.made.track = *track;
  TOKPREP_ASSIGN(kept.span, span_from(kept.made.track, source.index(), request.start_us));
  if (track->timescale < kFineClockHz) TOKPREP_TRY(move_to_rate(kept.made.track, kept.span, request.frame_rate));
  raise_offsets(kept.made.track, kept.span);
  kept.made.sample_entry = std::move(entry.box);
  kept.made.language = parts.language;
  kept.made.width_px = entry.width_px * entry.aspect_width / entry.aspect_height;
  kept.made.height_px = entry.height_px;
  return kept;
}

Result<KeptTrack> keep_audio(const RewriteRequest& request, const SourceMovie& source) {
  TOKPREP_ASSIGN(const Track* track, source.track(*request.audio_track));
  if (!track->is_audio()) return decline("its sound is no sound track");
  TOKPREP_ASSIGN(const TrackParts parts, source.parts(track->id));
  TOKPREP_ASSIGN(AudioEntry entry, clean_audio_entry(parts.sample_description));
  if (entry.sample_rate_hz != track->timescale) return decline("its sound is not timed by its samples");
  KeptTrack kept;
  kept.made.track = *track;
  TOKPREP_ASSIGN(kept.span, span_from(kept.made.track, source.index(), request.start_us));
  kept.made.track.samples.composition_offsets.clear();
  kept.made.sample_entry = std::move(entry.box);
  kept.made.language = parts.language;
  return kept;
}

/// The edits in the new movie's ticks, held against the rule that the finished file will be judged by.
Status set_clock(std::vector<KeptTrack>& tracks, NewMovie& movie) {
  movie.timescale = movie_timescale(tracks.back().made.track.timescale);
  Mp4Index index;
  index.timescale = movie.timescale;
  for (KeptTrack& kept : tracks) {
    set_edits(kept.made.track, kept.span, movie.timescale);
    if (has_unusual_edits(kept.made.track, index)) return decline("its sound begins long before its picture");
    movie.tracks.push_back(std::move(kept.made));
  }
  return {};
}

Result<RewritePlan> plan_rewrite(const RewriteRequest& request) {
  TOKPREP_ASSIGN(const SourceMovie source, SourceMovie::read(request.source));
  std::vector<KeptTrack> tracks;
  TOKPREP_ASSIGN(tracks.emplace_back(), keep_video(request, source));
  if (request.audio_track) {
    TOKPREP_ASSIGN(tracks.emplace_back(), keep_audio(request, source));
  }
  RewritePlan plan;
  TOKPREP_TRY(set_clock(tracks, plan.movie));
  std::vector<const SampleTable*> tables;
  for (const NewTrack& track : plan.movie.tracks) tables.push_back(&track.track.samples);
  TOKPREP_ASSIGN(ChunkLayout layout, lay_out_chunks(tables, source.index().media_data));
  for (std::size_t i = 0; i < tables.size(); ++i) {
    plan.movie.tracks[i].track.samples.chunk_offsets = std::move(layout.chunk_offsets[i]);
  }
  plan.movie.media_bytes = layout.size_bytes;
  plan.stretches = std::move(layout.stretches);
  if (!plan.stretches.empty()) plan.movie.source_offset = plan.stretches.front().offset;
  return plan;
}

Result<Rewritten> carry_out(const RewritePlan& plan, const RewriteRequest& request, const RunContext& run) {
  TOKPREP_ASSIGN(const FileDescriptor source, open_for_reading(request.source));
  TOKPREP_ASSIGN(NewFile file, NewFile::create(request.output));
  const std::string head = write_movie_head(plan.movie);
  TOKPREP_TRY(file.write(head));
  TOKPREP_TRY(file.append(source, plan.stretches, run));
  Rewritten result;
  result.size_bytes = head.size() + plan.movie.media_bytes;
  for (const NewTrack& track : plan.movie.tracks) {
    (track.track.is_video() ? result.video_samples : result.audio_samples) = track.track.samples.sample_count;
  }
  return result;
}

}  // namespace

Result<RewriteOutcome> rewrite(const RewriteRequest& request, const RunContext& run) {
  const Result<RewritePlan> plan = plan_rewrite(request);
  if (!plan) return RewriteOutcome{std::nullopt, plan.error().message};
  TOKPREP_ASSIGN(const Rewritten result, carry_out(*plan, request, run));
  return RewriteOutcome{result, {}};
}

}  // namespace tokprep::mp4
