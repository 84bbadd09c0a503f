#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {

/// What a track says beyond its tables. The view points into the movie it came from.
struct TrackParts {
  std::string_view sample_description;  ///< body of stsd
  std::uint16_t language = 0;           ///< as in mdhd
};

/// The index of a file together with its bytes.
class SourceMovie {
 public:
  /// Errors: those of `read_index`; kUnsupportedInput, saying why, for files that keep samples in fragments or
  /// turn the whole movie.
  static Result<SourceMovie> read(const std::filesystem::path& path);

  [[nodiscard]] const Mp4Index& index() const { return index_; }

  /// The track of this id. Errors: kUnsupportedInput, saying why: no or several such tracks, damaged tables,
  /// a turned picture, samples in another file, of several descriptions, or past the end of the file.
  [[nodiscard]] Result<const Track*> track(std::uint32_t id) const;

  /// The rest of a track found by `track`. Errors: as there.
  [[nodiscard]] Result<TrackParts> parts(std::uint32_t id) const;

 private:
  SourceMovie() = default;

  Mp4Index index_;
  std::string bytes_;  // body of moov
};

}  // namespace tokprep::mp4
