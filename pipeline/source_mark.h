#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// One file that went in, as it was when it was read: enough to see later whether it is still the same.
///
/// Times are nanoseconds since 1970. A file whose size and both times are as they were is taken for the same without
/// being read, unless it was read so soon after it had been written (`is_racy`) that a later change could have got the
/// very same time. In every other case its digest decides.
struct SourceMark {
  std::string path;  ///< `text_of_name`; absolute, its folder without links
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  ///< of the inode: sees what sets `modified_ns` back, and another file under the name
  std::int64_t read_ns = 0;     ///< when reading began
  std::string sha256;
};

void to_json(nlohmann::json& json, const SourceMark& mark);
void from_json(const nlohmann::json& json, SourceMark& mark);

/// Where a file lies, whatever folder the run was started in, as a mark has it.
std::string place_of(const std::filesystem::path& file);

/// Reads all of a file. Errors: kInputUnreadable; kIo (also for a file that changed meanwhile), kCancelled.
Result<SourceMark> mark_source(const std::filesystem::path& file, const RunContext& run);

/// True where a change after the reading may show in neither time: the kernel's clock ticks every few milliseconds,
/// that of a memory card every two seconds.
bool is_racy(const SourceMark& mark);

/// How a file compares with its mark.
enum class Sameness {
  kUntouched,  ///< size and times as they were; nothing was read
  kSameBytes,  ///< read, and the digest is the same
  kChanged     ///< or gone, or unreadable
};

/// `by_digest`: read it in any case. `now` becomes the mark that holds from now on, where the file is the same.
Sameness compare(const SourceMark& mark, const std::filesystem::path& file, bool by_digest, const RunContext& run,
                 SourceMark& now);

/// When a file was last written to; 0 where it cannot be asked.
std::int64_t modified_ns_of(const std::filesystem::path& file);

}  // namespace tokprep
