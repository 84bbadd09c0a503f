#include "tests/hostile/second_look.h"

#include <fmt/format.h>

#include <filesystem>

#include "tests/support/run_process.h"

namespace tokprep::hostile {
namespace {

constexpr const char* kFfmpeg = "/usr/bin/ffmpeg";
constexpr const char* kExiftool = "/usr/bin/exiftool";

}  // namespace

bool can_look_again() { return std::filesystem::exists(kFfmpeg) && std::filesystem::exists(kExiftool); }

std::vector<std::string> complaints_about(const OutputFile& output, bool decodes) {
  std::vector<std::string> complaints;
  const auto read = test::run_process({kFfmpeg, "-nostdin", "-v", "error", "-i", output.path, "-f", "null", "-"});
  if (read.exit_code != 0 || (decodes && !read.err.empty()))
    complaints.push_back(fmt::format("ffmpeg on {}: exit code {}, {}", output.path, read.exit_code, read.err));
  const auto tags = test::run_process({kExiftool, "-s3", "-Error", output.path});
  if (tags.exit_code != 0 || !tags.out.empty())
    complaints.push_back(fmt::format("exiftool on {}: exit code {}, {}", output.path, tags.exit_code, tags.out));
  return complaints;
}

}  // namespace tokprep::hostile
