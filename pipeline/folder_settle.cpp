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

// A copy over a network pauses; one that writes nothing for so long counts as ended.
constexpr std::chrono::seconds kBusyTime{3};
constexpr std::chrono::milliseconds kSecondWait{1'500};

/// Changed so lately. A time in the future says that a clock was wrong, and nothing else.
bool is_within(const FileLook& look, std::chrono::nanoseconds time) {
  const auto now = std::chrono::nanoseconds(system_clock().now().time_since_epoch());
  const auto age = now - std::chrono::nanoseconds(look.modified_ns);
  return age > -time && age < time;
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
std::string reason_to_wait(const WatchedFile& file, const std::optional<FileLook>& first,
                           const std::optional<FileLook>& second) {
  if (second != first) return "still being written";
  if (file.is_media && second && is_within(*second, kFreshTime) && ends_early(file.path)) {
    return "still being written: it ends early";
  }
  return "";
}

/// One that may still be written to, as far as can be told at once.
struct DoubtfulFile {
  std::size_t candidate = 0;
  std::filesystem::path path;
  FileLook look;
};

bool is_doubtful(const WatchedFile& file, const std::optional<FileLook>& look) {
  return file.is_media && look && is_within(*look, kBusyTime) && end_of(file.path) == FileEnd::kUntold;
}

/// One wait for all files whose end is not to be told; none where there is no such file.
Status leave_out_growing(std::deque<Candidate>& candidates, const std::vector<DoubtfulFile>& doubtful,
                         const std::stop_token& stop, std::vector<LeftOut>& left_out) {
  if (doubtful.empty()) return {};
  if (!system_clock().sleep(kSecondWait, stop)) return fail(ErrorCode::kCancelled, "stopped");
  std::vector<bool> grows(candidates.size());
  for (const DoubtfulFile& file : doubtful) {
    if (look_at(file.path) == file.look) continue;
    grows[file.candidate] = true;
    left_out.push_back({file.path, "still being written"});
  }
  std::size_t looked = 0;
  std::erase_if(candidates, [&](const Candidate&) { return grows[looked++]; });
  return {};
}

}  // namespace

bool is_unfinished(const std::filesystem::path& file) {
  const auto look = look_at(file);
  return look && is_within(*look, kFreshTime) && ends_early(file);
}

Result<std::deque<Candidate>> keep_settled(std::deque<Candidate> candidates, std::chrono::milliseconds settle_time,
                                           std::stop_token stop, std::vector<LeftOut>& left_out) {
  if (settle_time.count() <= 0 || candidates.empty()) return candidates;
  std::vector<std::optional<FileLook>> looks;
  for (const Candidate& candidate : candidates) {
    for (const WatchedFile& file : files_of(candidate)) looks.push_back(look_at(file.path));
  }
  if (!system_clock().sleep(settle_time, stop)) return fail(ErrorCode::kCancelled, "stopped");

  std::deque<Candidate> kept;
  std::vector<DoubtfulFile> doubtful;
  std::size_t looked = 0;
  for (; !candidates.empty(); candidates.pop_front()) {
    Candidate& candidate = candidates.front();
    bool settled = true;
    for (const WatchedFile& file : files_of(candidate)) {
      const auto look = look_at(file.path);
      std::string reason = reason_to_wait(file, looks[looked++], look);
      if (reason.empty() && is_doubtful(file, look)) doubtful.push_back({kept.size(), file.path, *look});
      if (reason.empty()) continue;
      settled = false;
      left_out.push_back({file.path, std::move(reason)});
    }
    if (settled) kept.push_back(std::move(candidate));
    else std::erase_if(doubtful, [&](const DoubtfulFile& one) { return one.candidate == kept.size(); });
  }
  TOKPREP_TRY(leave_out_growing(kept, doubtful, stop, left_out));
  return kept;
}

}  // namespace tokprep
