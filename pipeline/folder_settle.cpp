#include "pipeline/folder_settle.h"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "pipeline/file_end.h"

namespace tokprep {
namespace {

struct FileLook {
  off_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileLook&) const = default;
};

/// Nothing for a file that is gone.
std::optional<FileLook> look_at(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileLook{status.st_size, status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec};
}

/// A time in the future says that a clock was wrong, and nothing else.
bool is_fresh(const FileLook& look) {
  const auto now = std::chrono::nanoseconds(system_clock().now().time_since_epoch());
  const auto age = now - std::chrono::nanoseconds(look.modified_ns);
  return age > -kFreshTime && age < kFreshTime;
}

struct WatchedFile {
  std::filesystem::path path;
  bool is_media = false;
};

std::vector<WatchedFile> files_of(const Candidate& candidate) {
  std::vector<WatchedFile> files;
  for (const auto& source : candidate.item.sources) files.push_back({source, true});
  const Sidecars& sidecars = candidate.sidecars.or_default();
  if (sidecars.cover) files.push_back({sidecars.cover->path, true});
  for (const auto* text : {&sidecars.caption, &sidecars.options}) {
    if (*text) files.push_back({(*text)->path, false});
  }
  return files;
}

/// Why the candidate has to wait for the next run, by one of its files; empty if it has not.
std::string reason_to_wait(const WatchedFile& file, const std::optional<FileLook>& first) {
  const auto second = look_at(file.path);
  if (second != first) return "still being written";
  if (file.is_media && second && is_fresh(*second) && ends_early(file.path)) {
    return "still being written: it ends early";
  }
  return "";
}

}  // namespace

Result<std::deque<Candidate>> keep_settled(std::deque<Candidate> candidates, std::chrono::milliseconds settle_time,
                                           std::stop_token stop, std::vector<LeftOut>& left_out) {
  if (settle_time.count() <= 0 || candidates.empty()) return candidates;
  std::vector<std::optional<FileLook>> looks;
  for (const Candidate& candidate : candidates) {
    for (const WatchedFile& file : files_of(candidate)) looks.push_back(look_at(file.path));
  }
  if (!system_clock().sleep(settle_time, stop)) return fail(ErrorCode::kCancelled, "stopped");

  std::deque<Candidate> kept;
  std::size_t looked = 0;
  for (; !candidates.empty(); candidates.pop_front()) {
    Candidate& candidate = candidates.front();
    bool settled = true;
    for (const WatchedFile& file : files_of(candidate)) {
      std::string reason = reason_to_wait(file, looks[looked++]);
      if (reason.empty()) continue;
      settled = false;
      left_out.push_back({file.path, std::move(reason)});
    }
    if (settled) kept.push_back(std::move(candidate));
  }
  return kept;
}

}  // namespace tokprep
