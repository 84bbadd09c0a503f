#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep::av {

/// The statistics x264 keeps between two passes, which it will only have by name: in a folder of their own under
/// $TMPDIR, in a worker the one place it may write to. Gone with this.
class PassFiles {
 public:
  /// Errors: kOutputUnwritable, kNoSpace, kIo.
  static Result<PassFiles> create() {
    std::error_code none;
    std::string folder = (std::filesystem::temp_directory_path(none) / "tokprep-pass-XXXXXX").string();
    if (none || ::mkdtemp(folder.data()) == nullptr) {
      return write_failure(folder, "make", none ? none.value() : errno);
    }
    return PassFiles(std::move(folder));
  }

  PassFiles(PassFiles&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  PassFiles& operator=(PassFiles&& other) noexcept {
    std::swap(folder_, other.folder_);
    return *this;
  }
  ~PassFiles() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::string stats() const { return folder_ + "/x264"; }

 private:
  explicit PassFiles(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
};

}  // namespace tokprep::av
