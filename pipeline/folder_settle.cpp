#include "pipeline/folder_settle.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "pipeline/file_end.h"
#include "pipeline/open_writers.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

struct FileLook {
  off_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileLook&) const = default;
};

/// Nothing for a file that is gone.
std::optional<FileLook> look_at(const fs::path& path) {
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

/// What is looked at: an item with what lies beside it.
struct Subject {
  const Item* item;
  const Sidecars* sidecars;  ///< still to be read; null: none
  bool is_named;
};

struct WatchedFile {
  const fs::path* path;
  bool is_media;
  const FolderBounds* bounds;
};

std::vector<WatchedFile> files_of(const Subject& subject) {
  std::vector<WatchedFile> files;
  const Item& item = *subject.item;
  if (item.error) return files;
  for (const fs::path& source : item.sources) files.push_back({&source, true, bounds_of(item, source).get()});
  if (item.cover) files.push_back({&*item.cover, true, item.cover_bounds.get()});
  if (subject.sidecars == nullptr) return files;
  const Sidecars& sidecars = *subject.sidecars;
  if (sidecars.cover) files.push_back({&sidecars.cover->path, true, sidecars.bounds.get()});
  for (const auto* text : {&sidecars.caption, &sidecars.options}) {
    if (*text) files.push_back({&(*text)->path, false, sidecars.bounds.get()});
  }
  return files;
}

/// Why a media file that was changed lately counts as still being written, by itself; empty if it does not.
std::string reason_in(const FileDescriptor& file, bool is_named) {
  if (is_open_for_writing(file)) return "still being written: a program has it open";
  return !is_named && end_of(file) == FileEnd::kMissing ? "still being written: it ends early" : "";
}

/// Empty where nothing speaks against it by now.
std::string reason_to_wait(const WatchedFile& file, const std::optional<FileLook>& first,
                           const std::optional<FileLook>& second, bool is_named) {
  if (second != first) return "still being written";
  if (!file.is_media || !second || !is_within(*second, kFreshTime)) return "";
  const auto opened = open_within(file.bounds, *file.path);
  return opened ? reason_in(*opened, is_named) : "";
}

/// A file of a subject, and why that has to wait.
struct Growing {
  std::size_t subject = 0;
  LeftOut what;
};

/// One that may still be written to, as far as can be told at once.
struct DoubtfulFile {
  std::size_t subject = 0;
  const fs::path* path = nullptr;
  FileLook look;
};

/// One wait for all that are in doubt; none where there are none.
Status look_once_more(const std::vector<DoubtfulFile>& doubtful, const std::stop_token& stop,
                      std::vector<Growing>& growing) {
  if (doubtful.empty()) return {};
  if (!system_clock().sleep(kSecondWait, stop)) return fail(ErrorCode::kCancelled, "stopped");
  for (const DoubtfulFile& file : doubtful) {
    if (look_at(*file.path) != file.look) growing.push_back({file.subject, {*file.path, "still being written"}});
  }
  return {};
}

/// In the order of the subjects.
Result<std::vector<Growing>> find_growing(const std::vector<Subject>& subjects, std::chrono::milliseconds settle_time,
                                          const std::stop_token& stop) {
  std::vector<Growing> growing;
  std::vector<std::optional<FileLook>> looks;
  bool must_wait = false;
  for (const Subject& subject : subjects) {
    for (const WatchedFile& file : files_of(subject)) {
      const auto& look = looks.emplace_back(look_at(*file.path));
      must_wait = must_wait || !subject.is_named || (look && is_within(*look, kFreshTime));
    }
  }
  if (!must_wait || settle_time.count() <= 0) return growing;
  if (!system_clock().sleep(settle_time, stop)) return fail(ErrorCode::kCancelled, "stopped");

  std::vector<DoubtfulFile> doubtful;
  std::size_t looked = 0;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const std::size_t doubtful_before = doubtful.size();
    bool grows = false;
    for (const WatchedFile& file : files_of(subjects[i])) {
      const auto look = look_at(*file.path);
      std::string reason = reason_to_wait(file, looks[looked++], look, subjects[i].is_named);
      grows = grows || !reason.empty();
      if (!reason.empty()) growing.push_back({i, {*file.path, std::move(reason)}});
      else if (file.is_media && look && is_within(*look, kBusyTime)) doubtful.push_back({i, file.path, *look});
    }
    if (grows) doubtful.resize(doubtful_before);
  }
  TOKPREP_TRY(look_once_more(doubtful, stop, growing));
  std::ranges::stable_sort(growing, {}, &Growing::subject);
  return growing;
}

/// What the user named is not passed over in silence.
Error unsettled(const LeftOut& what) {
  Error error;
  error.code = ErrorCode::kIo;
  error.file = what.path.string();
  error.message = fmt::format("{} is {}", what.path.string(), what.reason);
  error.fix = "run again once it is complete";
  return error;
}

}  // namespace

bool is_unfinished(const fs::path& file) {
  const auto look = look_at(file);
  if (!look || !is_within(*look, kFreshTime)) return false;
  const auto opened = open_for_reading(file);
  return opened && !reason_in(*opened, false).empty();
}

Result<std::deque<Candidate>> keep_settled(std::deque<Candidate> candidates, std::chrono::milliseconds settle_time,
                                           std::stop_token stop, std::vector<LeftOut>& left_out) {
  if (settle_time.count() <= 0 || candidates.empty()) return candidates;
  std::vector<Subject> subjects;
  subjects.reserve(candidates.size());
  for (const Candidate& one : candidates) {
    subjects.push_back({&one.item, one.sidecars ? &*one.sidecars : nullptr, one.is_named});
  }
  TOKPREP_ASSIGN(std::vector<Growing> growing, find_growing(subjects, settle_time, stop));
  std::vector<bool> goes(candidates.size());
  for (Growing& one : growing) {
    Candidate& candidate = candidates[one.subject];
    if (candidate.is_named && !candidate.item.error) candidate.item.error = unsettled(one.what);
    if (candidate.is_named) continue;
    goes[one.subject] = true;
    left_out.push_back(std::move(one.what));
  }
  std::size_t looked = 0;
  std::erase_if(candidates, [&](const Candidate&) { return goes[looked++]; });
  return candidates;
}

Status fail_unsettled(std::vector<Item>& items, std::chrono::milliseconds settle_time, std::stop_token stop) {
  std::vector<Subject> subjects;
  subjects.reserve(items.size());
  for (const Item& item : items) subjects.push_back({&item, nullptr, true});
  TOKPREP_ASSIGN(const std::vector<Growing> growing, find_growing(subjects, settle_time, stop));
  for (const Growing& one : growing) {
    Item& item = items[one.subject];
    if (!item.error) item.error = unsettled(one.what);
  }
  return {};
}

}  // namespace tokprep
