#include "pipeline/source_mark.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"
#include "base/input_files.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond_ns = 1'000'000'000;
// Several ticks of the kernel's clock, which stamps files with the time of the last tick (at most 10 ms ago).
constexpr std::int64_t kFineTick_ns = kSecond_ns / 10;
// FAT keeps even seconds.
constexpr std::int64_t kCoarseTick_ns = 2 * kSecond_ns;

std::int64_t to_ns(const timespec& time) { return time.tv_sec * kSecond_ns + time.tv_nsec; }

/// Everything but the digest.
SourceMark mark_of(const struct stat& status) {
  const auto now = std::chrono::nanoseconds(system_clock().now().time_since_epoch());
  return SourceMark{
      "", static_cast<std::uint64_t>(status.st_size), to_ns(status.st_mtim), to_ns(status.st_ctim), now.count(), ""};
}

/// Nothing for a file that is gone.
std::optional<SourceMark> look_at(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return mark_of(status);
}

Result<SourceMark> look_at(const FileDescriptor& opened, const fs::path& file) {
  struct stat status {};
  if (::fstat(opened.get(), &status) == 0) return mark_of(status);
  return fail(ErrorCode::kIo, fmt::format("cannot read {}: {}", file.string(), std::strerror(errno)), errno);
}

bool same_times(const SourceMark& a, const SourceMark& b) {
  return a.size_bytes == b.size_bytes && a.modified_ns == b.modified_ns && a.changed_ns == b.changed_ns;
}

}  // namespace

TOKPREP_JSON(SourceMark, path, size_bytes, modified_ns, changed_ns, read_ns, sha256)

std::string place_of(const fs::path& file) {
  std::error_code failed;
  const fs::path whole = fs::absolute(file, failed).lexically_normal();
  const fs::path folder = fs::canonical(whole.parent_path(), failed);
  return text_of_name(failed ? whole.native() : (folder / whole.filename()).native());
}

Result<SourceMark> mark_source(const fs::path& file, const RunContext& run) {
  TOKPREP_ASSIGN(const FileDescriptor opened, open_input(file, run));
  TOKPREP_ASSIGN(SourceMark mark, look_at(opened, file));
  mark.path = place_of(file);
  TOKPREP_ASSIGN(mark.sha256, sha256_of_file(opened, file, run));
  TOKPREP_ASSIGN(const SourceMark after, look_at(opened, file));
  if (after.size_bytes != mark.size_bytes || after.modified_ns != mark.modified_ns) return changed_while_read(file);
  return mark;
}

bool is_racy(const SourceMark& mark) {
  const bool is_fine = mark.modified_ns % kSecond_ns != 0 || mark.changed_ns % kSecond_ns != 0;
  return std::max(mark.modified_ns, mark.changed_ns) > mark.read_ns - (is_fine ? kFineTick_ns : kCoarseTick_ns);
}

Sameness compare(const SourceMark& mark, const fs::path& file, bool by_digest, const RunContext& run, SourceMark& now) {
  auto look = look_at(file);
  if (!look || look->size_bytes != mark.size_bytes) return Sameness::kChanged;
  if (!by_digest && same_times(*look, mark) && !is_racy(mark)) {
    now = mark;
    return Sameness::kUntouched;
  }
  auto read = mark_source(file, run);
  if (!read || read->sha256 != mark.sha256) return Sameness::kChanged;
  now = std::move(*read);
  return Sameness::kSameBytes;
}

std::int64_t modified_ns_of(const fs::path& file) {
  const auto look = look_at(file);
  return look ? look->modified_ns : 0;
}

}  // namespace tokprep
