#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "codecs/av/encoder.h"
#include "codecs/av/handles.h"

namespace tokprep::av {

/// Writes one MP4 with the index in front. Movable; one thread at a time.
class Mp4Muxer {
 public:
  /// Errors: kOutputUnwritable, kNoSpace, kIo.
  static Result<Mp4Muxer> create(const std::filesystem::path& path);

  /// A stream fed by an encoder. Returns its index.
  Result<int> add_encoded(const Encoder& encoder);

  /// A stream whose packets come from elsewhere in `time_base`; `tag` 0 lets MP4 choose.
  Result<int> add_copied(const AVCodecParameters& parameters, AVRational time_base, std::uint32_t tag);

  /// After all streams are there and before the first packet. `metadata` may be null.
  Status begin(const AVDictionary* metadata);

  /// Takes the packet's contents; its times are in `time_base`. One that is not decoded after the one before it is
  /// moved to a tick behind that one.
  Status write(int stream, AVPacket& packet, AVRational time_base);

  /// Writes the index and closes the file; without it the file is not valid. Returns its size in bytes.
  Result<std::uint64_t> finish();

 private:
  Mp4Muxer() = default;

  OutputPtr format_;
  std::vector<std::int64_t> last_dts_;  // of each stream, on its own clock
};

}  // namespace tokprep::av
