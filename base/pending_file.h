#pragma once

#include <filesystem>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// A file that gets its name only when it is whole.
///
/// `create("out/beach.mp4")` makes the hidden `out/.beach.mp4.part` (anew, where a crash left one) and holds a lock
/// on it, so that two processes never write the same target. Anybody may write to `path()`; `commit()` flushes it to
/// disk and renames it over the target; the destructor removes what was not committed.
/// A reader of the target therefore sees the old file or the new one, never half of one.
class PendingFile {
 public:
  /// Makes the target's folder where it is missing. Errors: kOutputUnwritable, kNoSpace, kIo; kIo too while another
  /// process holds the same target.
  static Result<PendingFile> create(const std::filesystem::path& target);

  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&& other) noexcept;
  ~PendingFile();

  [[nodiscard]] const std::filesystem::path& path() const { return link_.empty() ? part_ : link_; }
  [[nodiscard]] const std::filesystem::path& target() const { return target_; }
  [[nodiscard]] int fd() const { return file_.get(); }

  /// Writes at the end. Errors: kNoSpace, kIo.
  Status write(std::string_view bytes);

  /// Fills the still empty file with all of another: shares its blocks where the file system can, else copies
  /// inside the kernel.
  /// Errors: kInputUnreadable, kNoSpace, kIo, kCancelled.
  Status copy_from(const std::filesystem::path& source, const RunContext& run);
  Status copy_from(const FileDescriptor& source, const RunContext& run);  ///< from its current place on

  /// Becomes another name of `source` (a hard link), where that can be; else the same as `copy_from`.
  Status link_to(const std::filesystem::path& source, const RunContext& run);

  /// Asks the system to begin writing to disk what is there already, so that `commit` waits less. Only a hint.
  void flush_ahead() const noexcept;

  /// fsync, rename, fsync of the folder. On error the target is as it was.
  Status commit();

 private:
  PendingFile(std::filesystem::path target, std::filesystem::path part, FileDescriptor file);
  Status copy_by_hand(const FileDescriptor& input, const RunContext& run);
  void discard() noexcept;

  std::filesystem::path target_;
  std::filesystem::path part_;  // empty once committed or moved from
  std::filesystem::path link_;  // of the source, in place of the part's content; mostly empty
  FileDescriptor file_;         // holds the lock
};

/// `create`, `write`, `commit` in one call.
Status write_file(const std::filesystem::path& target, std::string_view bytes);

}  // namespace tokprep
