#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>

#include "base/result.h"
#include "codecs/av/decoding_times.h"
#include "codecs/av/handles.h"

namespace tokprep::av {

/// How far a file's streams are looked into when it is opened.
enum class Depth {
  kHeaders,  ///< headers where they tell all of every stream, else as `kFull`
  kFull,     ///< the first frames are decoded in any case
};

/// Opens a file as one of these formats (libav's names, with commas), and nothing but it: whatever it names, a
/// playlist's parts or a reference movie's, is out of reach. `interrupt`, which may be empty, must outlive the context.
/// Errors: those of `Demuxer::open`.
Result<InputPtr> open_input(const std::filesystem::path& path, const char* formats, AVIOInterruptCB interrupt);

/// Reads one local file. Nothing but that file is ever opened: playlists and reference movies cannot
/// lead anywhere else. Movable; one thread at a time.
class Demuxer {
 public:
  /// Opens the file and learns its streams.
  /// Errors: kInputUnreadable, kUnsupportedInput (no format libav knows), kCorruptInput, kCancelled.
  static Result<Demuxer> open(const std::filesystem::path& path, std::stop_token stop, Depth depth = Depth::kHeaders);

  [[nodiscard]] AVFormatContext& format() const { return *format_; }
  [[nodiscard]] AVStream& stream(int index) const { return *format_->streams[index]; }
  [[nodiscard]] int stream_count() const { return static_cast<int>(format_->nb_streams); }

  /// The next packet, unreferencing what `packet` held; false at the end.
  /// Damage in the middle of a file is skipped where the format can resynchronise.
  Result<bool> read(AVPacket& packet);

  /// Read errors passed over, and packets delivered cut or marked as damaged.
  [[nodiscard]] std::int64_t damage() const { return damage_; }

  /// To the key frame at or before `at_us` on the file's clock (AV_TIME_BASE), as `stream_index` sees it.
  Status seek_before(int stream_index, std::int64_t at_us);

  /// Only these streams' packets are wanted; the rest are skipped where the format can skip.
  void select(std::initializer_list<int> stream_indices);

 private:
  Demuxer() = default;
  void time_packets();

  std::unique_ptr<std::stop_token> stop_;  // before format_: the interrupt callback reads it
  InputPtr format_;
  std::map<int, DecodingTimes> decoding_times_;  // by stream, where libav cannot tell them
  std::int64_t damage_ = 0;
};

}  // namespace tokprep::av
