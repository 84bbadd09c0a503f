#include "base/input_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tokprep {
namespace {

std::int64_t to_ns(const timespec& time) { return time.tv_sec * 1'000'000'000LL + time.tv_nsec; }

/// Tells of something that is not the file's doing, or is told already.
bool stands_by_itself(ErrorCode code) {
  return code == ErrorCode::kCancelled || code == ErrorCode::kNoSpace || code == ErrorCode::kOutputUnwritable;
}

}  // namespace

InputFiles::InputFiles(std::vector<Entry> entries) {
  for (Entry& entry : entries) files_.push_back({std::move(entry)});
}

Result<FileDescriptor> InputFiles::open_now(const Entry& entry) { return open_within(entry.bounds.get(), entry.path); }

std::optional<InputFiles::State> InputFiles::state_of(const FileDescriptor& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return std::nullopt;
  return State{static_cast<std::uint64_t>(status.st_size), to_ns(status.st_mtim)};
}

Status InputFiles::compare_or_note(Noted& noted, const FileDescriptor& file) const {
  const auto now = state_of(file);
  const std::lock_guard lock(mutex_);
  if (!noted.first) noted.first = now;
  if (now == noted.first) return {};
  return changed_while_read(noted.entry.path);
}

Result<FileDescriptor> InputFiles::open(const std::filesystem::path& file) const {
  const auto noted =
      std::ranges::find_if(files_, [&](const Noted& one) { return one.entry.path.native() == file.native(); });
  if (noted == files_.end()) return open_for_reading(file);
  TOKPREP_ASSIGN(FileDescriptor opened, open_now(noted->entry));
  TOKPREP_TRY(compare_or_note(*noted, opened));
  return opened;
}

Status InputFiles::check_unchanged() const {
  for (Noted& noted : files_) {
    {
      const std::lock_guard lock(mutex_);
      if (!noted.first) continue;
    }
    const auto opened = open_now(noted.entry);
    if (!opened && opened.error().native == ENOENT) continue;
    if (!opened) return fail(opened.error());
    TOKPREP_TRY(compare_or_note(noted, *opened));
  }
  return {};
}

Error InputFiles::blame(Error error) const {
  if (stands_by_itself(error.code)) return error;
  Status unchanged = check_unchanged();
  return unchanged ? std::move(error) : std::move(unchanged).error();
}

tl::unexpected<Error> changed_while_read(const std::filesystem::path& file) {
  Error error;
  error.code = ErrorCode::kIo;
  error.file = file.string();
  error.message = fmt::format("{} was changed while it was being read", file.string());
  error.fix = "run again once nobody writes to it";
  return fail(std::move(error));
}

Result<FileDescriptor> open_input(const std::filesystem::path& file, const RunContext& run) {
  return run.inputs != nullptr ? run.inputs->open(file) : open_for_reading(file);
}

}  // namespace tokprep
