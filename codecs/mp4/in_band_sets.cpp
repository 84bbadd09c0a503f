#include "codecs/mp4/in_band_sets.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/file_descriptor.h"
#include "codecs/mp4/decline.h"

namespace tokprep::mp4 {
namespace {

constexpr unsigned kFirstNonSlice = 32, kFirstSet = 32, kLastSet = 34;  // VPS, SPS, PPS

/// The NAL units of one track, read where they stand.
class NalReader {
 public:
  NalReader(const FileDescriptor& file, unsigned length_bytes) : file_(file), length_bytes_(length_bytes) {}

  /// Walks one sample up to its first slice.
  Status check(std::uint64_t offset, std::uint64_t size) const {
    while (size > 0) {
      TOKPREP_ASSIGN(const Nal nal, nal_at(offset, size));
      if (nal.type >= kFirstSet && nal.type <= kLastSet) return decline("parameter sets come with its samples");
      if (nal.type < kFirstNonSlice) return {};
      offset += nal.bytes;
      size -= nal.bytes;
    }
    return {};
  }

 private:
  struct Nal {
    unsigned type = 0;
    std::uint64_t bytes = 0;  // with the size before it
  };

  [[nodiscard]] Result<Nal> nal_at(std::uint64_t offset, std::uint64_t left) const {
    std::array<unsigned char, 6> head{};
    const std::size_t wanted = length_bytes_ + 1;
    if (left < wanted) return decline("its samples are damaged");
    ssize_t got = -1;
    do {
      got = ::pread(file_.get(), head.data(), wanted, static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    if (got < 0) return fail(ErrorCode::kIo, std::string("cannot read the source: ") + std::strerror(errno), errno);
    std::uint64_t bytes = 0;
    for (unsigned i = 0; i < length_bytes_; ++i) bytes = (bytes << 8U) | head[i];
    if (static_cast<std::size_t>(got) < wanted || bytes == 0 || bytes > left - length_bytes_) {
      return decline("its samples are damaged");
    }
    return Nal{(static_cast<unsigned>(head[length_bytes_]) >> 1U) & 0x3FU, length_bytes_ + bytes};
  }

  const FileDescriptor& file_;
  unsigned length_bytes_;
};

}  // namespace

Status require_no_in_band_sets(const std::filesystem::path& source, const SampleTable& table, unsigned length_bytes) {
  if (table.chunk_runs.empty()) return decline("a track has no table of chunks");
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_reading(source));
  const NalReader reader(file, length_bytes);
  std::uint64_t sample = 0;
  std::size_t run = 0;
  for (std::size_t chunk = 0; chunk < table.chunk_offsets.size(); ++chunk) {
    while (run + 1 < table.chunk_runs.size() && table.chunk_runs[run + 1].first_chunk <= chunk + 1) ++run;
    std::uint64_t offset = table.chunk_offsets[chunk];
    const std::uint64_t held =
        std::min<std::uint64_t>(table.chunk_runs[run].samples_per_chunk, table.sample_count - sample);
    for (const std::uint64_t end = sample + held; sample < end; ++sample) {
      const std::uint64_t size = table.shared_size_bytes != 0 ? table.shared_size_bytes : table.sizes_bytes[sample];
      TOKPREP_TRY(reader.check(offset, size));
      offset += size;
    }
  }
  return {};
}

}  // namespace tokprep::mp4
