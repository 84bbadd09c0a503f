#include "codecs/mp4/sample_table.h"

#include <algorithm>

namespace tokprep::mp4 {
namespace {

/// Walks a list of runs one sample at a time; 0 past its end.
template <class T>
class RunWalk {
 public:
  explicit RunWalk(const std::vector<Run<T>>& runs) : runs_(runs) {}

  T next() {
    while (run_ < runs_.size() && used_ == runs_[run_].count) {
      ++run_;
      used_ = 0;
    }
    if (run_ == runs_.size()) return 0;
    ++used_;
    return runs_[run_].value;
  }

 private:
  const std::vector<Run<T>>& runs_;
  std::size_t run_ = 0;
  std::uint32_t used_ = 0;
};

}  // namespace

std::uint64_t SampleTable::timed_samples() const {
  std::uint64_t count = 0;
  for (const auto& run : durations) count += run.count;
  return count;
}

std::int64_t SampleTable::duration() const {
  std::uint64_t ticks = 0;  // wraps instead of overflowing where a hostile table adds up to more than 2^64
  for (const auto& run : durations) ticks += std::uint64_t{run.count} * run.value;
  return static_cast<std::int64_t>(ticks & static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

std::uint64_t SampleTable::total_bytes() const {
  if (shared_size_bytes != 0) return std::uint64_t{shared_size_bytes} * sample_count;
  std::uint64_t bytes = 0;
  for (const auto size : sizes_bytes) bytes += size;
  return bytes;
}

std::uint64_t SampleTable::samples_past(std::uint64_t file_size) const {
  std::uint64_t outside = 0;
  std::uint64_t sample = 0;
  std::size_t run = 0;
  for (std::size_t chunk = 0; chunk < chunk_offsets.size() && !chunk_runs.empty() && sample < sample_count; ++chunk) {
    while (run + 1 < chunk_runs.size() && chunk_runs[run + 1].first_chunk <= chunk + 1) ++run;
    const std::uint64_t held = std::min<std::uint64_t>(chunk_runs[run].samples_per_chunk, sample_count - sample);
    const std::uint64_t room = file_size - std::min(file_size, chunk_offsets[chunk]);
    if (shared_size_bytes != 0) {
      outside += held - std::min(held, room / shared_size_bytes);
    } else {
      std::uint64_t used = 0;
      for (std::uint64_t i = 0; i < held; ++i) outside += (used += sizes_bytes[sample + i]) > room ? 1 : 0;
    }
    sample += held;
  }
  return outside;
}

void SampleTable::for_each_time(const std::function<void(const SampleTime&)>& visit) const {
  RunWalk<std::uint32_t> duration(durations);
  RunWalk<std::int32_t> offset(composition_offsets);
  std::int64_t decoding_time = 0;
  auto key_sample = key_samples.begin();
  for (std::uint64_t number = 1; number <= sample_count; ++number) {
    while (key_sample != key_samples.end() && *key_sample < number) ++key_sample;
    const bool key = every_sample_is_key || (key_sample != key_samples.end() && *key_sample == number);
    const std::int64_t ticks = duration.next();
    const std::uint32_t size = shared_size_bytes != 0 ? shared_size_bytes : sizes_bytes[number - 1];
    visit({decoding_time + offset.next(), ticks, size, key});
    decoding_time += ticks;
  }
}

}  // namespace tokprep::mp4
