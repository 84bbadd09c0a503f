#include "pipeline/folder_settle.h"

#include <sys/stat.h>

#include <optional>
#include <utility>

#include "base/clock.h"

namespace tokprep {
namespace {

struct FileLook {
  off_t size_bytes = 0;
  std::int64_t changed_s = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileLook&) const = default;
};

/// Nothing for a file that is gone.
std::optional<FileLook> look_at(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileLook{status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

std::vector<std::filesystem::path> files_of(const Candidate& candidate) {
  std::vector<std::filesystem::path> files = candidate.item.sources;
  for (const auto* sidecar : {&candidate.sidecars.caption, &candidate.sidecars.options, &candidate.sidecars.cover}) {
    if (*sidecar) files.push_back((*sidecar)->path);
  }
  return files;
}

}  // namespace

Result<std::deque<Candidate>> keep_settled(std::deque<Candidate> candidates, std::chrono::milliseconds settle_time,
                                           std::stop_token stop, std::vector<LeftOut>& left_out) {
  if (settle_time.count() <= 0 || candidates.empty()) return candidates;
  std::vector<std::optional<FileLook>> looks;
  for (const Candidate& candidate : candidates) {
    for (const auto& file : files_of(candidate)) looks.push_back(look_at(file));
  }
  if (!system_clock().sleep(settle_time, stop)) return fail(ErrorCode::kCancelled, "stopped");

  std::deque<Candidate> kept;
  std::size_t looked = 0;
  for (; !candidates.empty(); candidates.pop_front()) {
    Candidate& candidate = candidates.front();
    bool settled = true;
    for (const auto& file : files_of(candidate)) {
      if (look_at(file) == looks[looked++]) continue;
      settled = false;
      left_out.push_back({file, "still being written"});
    }
    if (settled) kept.push_back(std::move(candidate));
  }
  return kept;
}

}  // namespace tokprep
