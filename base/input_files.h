#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/file_descriptor.h"
#include "base/folder_bounds.h"
#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// The files that go into an item while it is worked on. Each is opened many times, for its digest and by one job after
/// the other; all of them are to read the same file, and none that lies where the item's may not.
///
/// The state of a file is noted when it is first opened. Safe from several threads.
class InputFiles {
 public:
  struct Entry {
    std::filesystem::path path;
    std::shared_ptr<const FolderBounds> bounds;  ///< null: the user named the file itself, and links are followed
  };

  explicit InputFiles(std::vector<Entry> entries);

  /// Also of a file that is none of them, which is opened as ever. Errors: those of `open_for_reading` and
  /// `FolderBounds::open`; kIo, which passes, for one that is not as it was first.
  [[nodiscard]] Result<FileDescriptor> open(const std::filesystem::path& file) const;

  /// Whether those that were opened are still as they were first, by size and time of writing: the inode's own time
  /// also tells of other names (`--link` makes one) and other rights. One that is gone counts as unchanged: all was
  /// read of it that was wanted. Errors: kIo for a changed one, kInputUnreadable for one that leads out of its folder
  /// by now.
  [[nodiscard]] Status check_unchanged() const;

  /// The error of work on these files: that they changed meanwhile, where they did, as nothing else can be told then.
  [[nodiscard]] Error blame(Error error) const;

 private:
  struct State {
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
    bool operator==(const State&) const = default;
  };
  struct Noted {
    Entry entry;
    std::optional<State> first = {};  // by mutex_
  };

  static Result<FileDescriptor> open_now(const Entry& entry);
  static std::optional<State> state_of(const FileDescriptor& file);
  Status compare_or_note(Noted& noted, const FileDescriptor& file) const;

  mutable std::mutex mutex_;
  mutable std::vector<Noted> files_;
};

/// kIo, which passes: what was read is of no use.
tl::unexpected<Error> changed_while_read(const std::filesystem::path& file);

/// The file as `run.inputs` opens it, where there is such.
Result<FileDescriptor> open_input(const std::filesystem::path& file, const RunContext& run);

}  // namespace tokprep
