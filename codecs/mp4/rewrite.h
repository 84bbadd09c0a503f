#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/rational.h"
#include "base/result.h"
#include "base/run_context.h"
#include "codecs/mp4/sample_entry.h"

namespace tokprep::mp4 {

/// One picture and at most one sound of an MP4, MOV or 3GP file, into a new MP4 with its index in front.
struct RewriteRequest {
  std::filesystem::path source;
  std::filesystem::path output;
  std::uint32_t video_track = 0;  ///< number in the source's tkhd
  std::optional<std::uint32_t> audio_track;
  std::int64_t start_us = 0;          ///< time on the source's clock that becomes 0; the picture begins there
  Rational frame_rate;                ///< of the picture, constant; used where the source's clock is too coarse for it
  std::optional<CodedColour> colour;  ///< told in the container where the source's does not
};

struct Rewritten {
  std::uint64_t size_bytes = 0;
  std::int64_t video_samples = 0;
  std::int64_t audio_samples = 0;  ///< packets
};

struct RewriteOutcome {
  std::optional<Rewritten> done;
  std::string declined;  ///< why nothing was written, in words; empty when `done` is there
};

/// Writes the file in one pass: the source's index tells every sample's size, so the new index is known, and
/// written, before the first sample is copied. The samples of the two tracks are copied as they are, in their order;
/// nothing else of the source is: no other track, no metadata, no name, no date, no unused byte.
///
/// Takes what it can carry over exactly (H.264, HEVC and AAC-LC in one sound, unfragmented index, upright, played
/// from start to end) and declines all else before it touches `output`, damaged sources included: others may know
/// what to do with them. Memory: a small multiple of the index.
/// Errors, all after the decision: kOutputUnwritable, kNoSpace, kIo, kCorruptInput (the source shrank meanwhile),
/// kCancelled; what is at `output` is then not valid. Progress: stage "remux".
Result<RewriteOutcome> rewrite(const RewriteRequest& request, const RunContext& run);

}  // namespace tokprep::mp4
