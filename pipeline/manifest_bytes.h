#pragma once

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep {

/// The bytes of a manifest one after the other, in constant memory: of a file, or of stdin as it comes.
class ManifestBytes {
 public:
  static constexpr int kEnd = -1;

  /// "-" is stdin. Errors: kInputUnreadable.
  static Result<ManifestBytes> open(const std::filesystem::path& file, std::stop_token stop);

  /// Those of a text.
  static ManifestBytes of(std::string text);

  /// The next byte without taking it, 0 to 255; `kEnd` at the end, after an error and after a stop.
  [[nodiscard]] int peek();
  int take();

  /// Up to the end of the line, which is taken and not given; at most `limit_bytes`, the rest is skipped. `cut` says
  /// that there was more.
  std::string take_line(std::size_t limit_bytes, bool& cut);

  /// The number of the line that the next byte stands in, from 1.
  [[nodiscard]] std::size_t line() const { return line_; }

  /// Why there are no more bytes where that is not the end. Errors: kIo, kCancelled.
  [[nodiscard]] Status status() const;

 private:
  ManifestBytes(FileDescriptor file, int fd, std::stop_token stop)
      : file_(std::move(file)), fd_(fd), stop_(std::move(stop)) {}
  bool fill();

  FileDescriptor file_;  // of a file; stdin is not ours
  int fd_;
  std::stop_token stop_;
  std::string buffer_;
  std::size_t next_ = 0;
  std::size_t line_ = 1;
  int error_number_ = 0;
  bool ended_ = false;
};

}  // namespace tokprep
