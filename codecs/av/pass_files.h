#pragma once

#include <cstdio>
#include <string>
#include <utility>

namespace tokprep::av {

/// The statistics x264 keeps between two passes, beside the output; gone with this.
class PassFiles {
 public:
  explicit PassFiles(const std::string& output) : stats_(output + ".x264") {}
  ~PassFiles() {
    for (const char* suffix : {"", ".mbtree", ".temp", ".mbtree.temp"}) std::remove((stats_ + suffix).c_str());
  }
  PassFiles(const PassFiles&) = delete;
  PassFiles& operator=(const PassFiles&) = delete;

  [[nodiscard]] const std::string& stats() const { return stats_; }

 private:
  std::string stats_;
};

}  // namespace tokprep::av
