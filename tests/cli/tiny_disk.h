#pragma once

#include <sys/mount.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

namespace tokprep::test {

/// A disk of `size_bytes` at `folder`, for as long as this lives. Takes the right to mount.
class TinyDisk {
 public:
  TinyDisk(std::filesystem::path folder, std::size_t size_bytes) : folder_(std::move(folder)) {
    std::filesystem::create_directory(folder_);
    const std::string options = "size=" + std::to_string(size_bytes);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  TinyDisk(const TinyDisk&) = delete;
  TinyDisk& operator=(const TinyDisk&) = delete;
  ~TinyDisk() {
    if (mounted_) ::umount(folder_.c_str());
  }
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace tokprep::test
