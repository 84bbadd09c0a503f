#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/pending_file.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

/// What is said of a file beside its bytes.
struct MediaLabel {
  std::string path;  ///< "<account>/<uuid>.mp4"
  std::string file_name;
  std::string description;
  std::string content_type;
  std::chrono::hours kept_for{};
};

/// A file while it is received: straight to disk, never whole in memory. Gone if nobody keeps it.
class ReceivedFile {
 public:
  static constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};

  /// Bytes past `limit_bytes` are counted and thrown away.
  static Result<ReceivedFile> begin(const Store& store, std::uint64_t limit_bytes = kNoLimit);

  /// Remembers the first error for `keep`.
  void add(std::string_view bytes);

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] bool over_limit() const { return size_bytes_ > limit_bytes_; }

  /// Puts the file into the book. Errors: kNoSpace, kIo, kOutputUnwritable.
  Result<StoredMedia> keep(Site& site, const MediaLabel& label) &&;

 private:
  ReceivedFile(PendingFile file, std::uint64_t limit_bytes) : file_(std::move(file)), limit_bytes_(limit_bytes) {}

  PendingFile file_;
  std::uint64_t limit_bytes_;
  std::uint64_t size_bytes_ = 0;
  Status written_;
};

/// "<account>/<uuid>.mp4"; without an extension where it is empty.
std::string new_media_path(const Store& store, std::string_view extension);

}  // namespace tokprep::sandbox
