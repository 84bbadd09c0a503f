#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
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
    // Not temp_directory_path, which asks what is there: in its cage a worker may ask about no file by name.
    const char* place = std::getenv("TMPDIR");
    std::string folder = std::string(place == nullptr ? "/tmp" : place) + "/tokprep-pass-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return write_failure(folder, "make", errno);
    return PassFiles(std::move(folder));
  }

  PassFiles(PassFiles&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  PassFiles& operator=(PassFiles&& other) noexcept {
    std::swap(folder_, other.folder_);
    return *this;
  }
  ~PassFiles() {
    if (folder_.empty()) return;
    // By their names, as a caged worker cannot list a folder either.
    for (const char* name : {"/x264", "/x264.temp", "/x264.mbtree", "/x264.mbtree.temp"}) {
      ::unlink((folder_ + name).c_str());
    }
    ::rmdir(folder_.c_str());
  }

  [[nodiscard]] std::string stats() const { return folder_ + "/x264"; }

 private:
  explicit PassFiles(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
};

}  // namespace tokprep::av
