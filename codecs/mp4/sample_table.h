#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tokprep::mp4 {

/// `count` samples in a row share one value.
template <class T>
struct Run {
  std::uint32_t count = 0;
  T value{};
};

/// From `first_chunk` (counted from 1) on, chunks hold this many samples each.
struct ChunkRun {
  std::uint32_t first_chunk = 0;
  std::uint32_t samples_per_chunk = 0;
};

/// One sample of a video track. Times are ticks of the track.
struct SampleTime {
  std::int64_t composition_time = 0;
  std::int64_t duration = 0;
  std::uint32_t size_bytes = 0;
  bool key = false;
};

/// The tables of one track, as compact as the file keeps them: a file can only make us hold what it really
/// contains, whatever counts it declares. Ticks are of the track's own timescale.
struct SampleTable {
  std::uint32_t sample_count = 0;
  std::uint32_t shared_size_bytes = 0;  ///< of every sample; 0: `sizes_bytes` has one for each
  std::vector<std::uint32_t> sizes_bytes;
  std::vector<Run<std::uint32_t>> durations;           ///< stts
  std::vector<Run<std::int32_t>> composition_offsets;  ///< ctts; empty: all 0
  std::vector<ChunkRun> chunk_runs;                    ///< stsc
  std::vector<std::uint64_t> chunk_offsets;            ///< stco or co64
  std::vector<std::uint32_t> key_samples;              ///< stss and stps, counted from 1, sorted
  bool every_sample_is_key = true;                     ///< there is no stss

  /// Sum of all sample durations.
  [[nodiscard]] std::int64_t duration() const;
  /// Bytes of all samples.
  [[nodiscard]] std::uint64_t total_bytes() const;
  /// Samples that end past `file_size`.
  [[nodiscard]] std::uint64_t samples_past(std::uint64_t file_size) const;
  /// Samples for which the tables give a time.
  [[nodiscard]] std::uint64_t timed_samples() const;

  /// Calls `visit` for each sample in decoding order.
  void for_each_time(const std::function<void(const SampleTime&)>& visit) const;
};

/// Reads the body of a stbl box. What is wrong with it goes to `damage`, in words; the table then holds what
/// was sound.
SampleTable parse_sample_table(std::string_view body, std::string& damage);

}  // namespace tokprep::mp4
