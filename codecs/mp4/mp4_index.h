#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codecs/media_info.h"
#include "codecs/mp4/sample_table.h"

namespace tokprep::mp4 {

/// The index of one MP4, MOV or 3GP file (ISO base media), read without opening its samples.
///
/// Read under limits: what a file declares is believed only as far as its bytes go, so memory is bounded by a
/// small multiple of the index (32 MB at most) and time by the file's size.

/// One entry of an edit list.
struct Edit {
  std::uint64_t duration = 0;   ///< movie ticks; 0: to the end
  std::int64_t media_time = 0;  ///< track ticks; -1: nothing is presented (an empty edit)
  std::int32_t rate = 0x10000;  ///< 16.16 fixed point
};

struct Track {
  std::uint32_t id = 0;
  std::string handler;       ///< "vide", "soun", "meta", …
  std::string sample_entry;  ///< four-cc of the first sample description: "avc1", "mp4a", …
  std::array<std::int32_t, 9> matrix{};
  bool enabled = true;
  std::uint32_t timescale = 0;  ///< ticks a second; 0: not given
  std::vector<Edit> edits;
  SampleTable samples;
  std::string damage;  ///< what is wrong with the track's tables, in words; empty: nothing

  [[nodiscard]] bool is_video() const { return handler == "vide"; }
  [[nodiscard]] bool is_audio() const { return handler == "soun"; }
};

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< as declared, whatever the file holds
};

struct Mp4Index {
  std::uint64_t file_size = 0;
  std::string major_brand;  ///< empty where the file has no ftyp box
  std::vector<std::string> compatible_brands;
  IndexPlace place = IndexPlace::kUnknown;  ///< of moov relative to the first mdat
  bool fragmented = false;                  ///< samples are told by moof boxes
  std::vector<Extent> media_data;           ///< mdat bodies
  std::uint32_t timescale = 0;              ///< of the movie, ticks a second
  std::uint64_t duration = 0;               ///< movie ticks; 0: not given
  std::vector<Track> tracks;
  std::vector<PrivateTag> private_metadata;
  std::vector<std::string> oddities;  ///< sentences for people
};

/// Reads the index of a file.
///
/// Errors: kInputUnreadable; kIo; kUnsupportedInput (not ISO base media, or an index over 32 MB);
/// kCorruptInput where the index is missing or cut, saying what stands in its place. Damage inside one track
/// is no error: it is told in `Track::damage`.
Result<Mp4Index> read_index(const std::filesystem::path& path);

/// The frame of a video track as it is presented, after the edit list.
struct PresentedFrame {
  std::int64_t pts = 0;  ///< track ticks
  bool key = false;
};

struct Presentation {
  std::vector<PresentedFrame> frames;                           ///< in decoding order
  std::int64_t end = std::numeric_limits<std::int64_t>::min();  ///< when the last frame goes, track ticks
  std::uint64_t size_bytes = 0;                                 ///< of these frames
};

struct PresentedSpan {
  std::int64_t start = 0, end = 0;  ///< track ticks
};

/// When each frame of a video track is shown, as decoders give it: one that begins before the edit is left
/// out, and what follows moves up to its place. Nothing where the index alone cannot tell:
/// damaged tables, several media edits, a changed rate, more than 4 million samples.
std::optional<Presentation> presentation_times(const Track& track, const Mp4Index& index);

/// When a track of any kind starts and ends, under the same conditions but any number of samples.
std::optional<PresentedSpan> presented_span(const Track& track, const Mp4Index& index);

/// True unless the edit list only says "play all of it": no edits, or one that starts with the first
/// presented frame (or skips an encoder's priming of up to 4096 samples) and reaches the end.
bool has_unusual_edits(const Track& track, const Mp4Index& index);

/// True where only decoding shows a track as its edit list means it: several stretches of media, another speed, a
/// picture that begins or ends between key frames, sound that leaves out more than an encoder's priming and padding.
/// An edit list that only places the track later, or leaves out whole groups of frames, is no cut in this sense.
bool is_cut_by_edits(const Track& track, const Mp4Index& index);

/// Samples of all tracks that the index places past the end of the file.
std::uint64_t samples_outside_file(const Mp4Index& index);

}  // namespace tokprep::mp4
