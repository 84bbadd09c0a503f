#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep::cli {

/// A file that lines are added to, each by one write(2) at its end: lines of several threads and of several processes
/// stay whole, and what a process that was killed had written is there. Thread-safe.
///
/// A write that fails (a full disk) is told once, to `on_failure`, and tried anew with the next line: it must not end
/// the run. What got into the file of a line that did not fit is ended by a line break before the next one.
class AppendFile {
 public:
  using OnFailure = std::function<void(const Error&)>;

  /// How a file of ours is known, and what becomes of what stands in it.
  struct Kind {
    const char* name;                       ///< "log", for messages
    bool (*begins)(std::string_view head);  ///< true of the first bytes of one
    bool afresh;                            ///< emptied first
  };

  /// Opens `path`, made with mode 0600 where it is missing. A file that holds something else, as a video whose name was
  /// given by mistake, is not touched.
  /// Errors: kOutputUnwritable, kNoSpace, kIo, naming the file.
  static Result<AppendFile> open(const std::filesystem::path& path, const Kind& kind, OnFailure on_failure);

  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&&) = delete;
  ~AppendFile() = default;

  void write(std::string_view line);

  /// Opens the path anew: after it was renamed by whoever rotates logs, a new file is begun. Where that fails the old
  /// one is written on. Errors as `open`.
  Status reopen();

 private:
  AppendFile(std::filesystem::path path, FileDescriptor file, OnFailure on_failure);

  std::filesystem::path path_;
  OnFailure on_failure_;
  std::mutex mutex_;
  FileDescriptor file_;
  bool torn_ = false;  // the last line is there in part
  bool told_ = false;
};

}  // namespace tokprep::cli
