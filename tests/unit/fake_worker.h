#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_folder.h"

namespace tokprep::test {

inline constexpr const char* kAvWorker = "tokprep-av-worker";
inline constexpr const char* kImageWorker = "tokprep-image-worker";

/// A folder of worker programs that are shell scripts, for `WorkerOptions::folder`.
class FakeWorkers {
 public:
  /// `on_job` is what the program does with each job; in it `$n` counts the jobs of this process from 1, as the ids of
  /// the jobs do. The script stands in its own folder, writes its process id to NAME.starts and each job to NAME.jobs,
  /// and says hello. `at_start` comes before that.
  void install(const std::string& name, const std::string& on_job, const std::string& at_start = "") const {
    write(name, "cd '" + folder_.path().string() + "'\n" + "echo $$ >> " + name + ".starts\n" + at_start + "\n" +
                    "echo '{\"hello\":{\"mode\":\"prefer\",\"walls\":[{\"name\":\"all\",\"stands\":true}]}}'\n" +
                    "n=0\n" + "while read -r job; do\n" + "  n=$((n + 1))\n" + "  printf '%s\\n' \"$job\" >> " + name +
                    ".jobs\n" + on_job + "\n" + "done\n");
  }

  /// A program of that text, without anything around it.
  std::filesystem::path write(const std::string& name, const std::string& script) const {
    const auto path = folder_.file(name, "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  /// Lines that the programs wrote to a file of their folder; none where there is no such file.
  [[nodiscard]] std::vector<std::string> lines(const std::string& file) const {
    std::ifstream stream(folder_.path() / file);
    std::vector<std::string> all;
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path file(const std::string& name, std::string_view bytes) const {
    return folder_.file(name, bytes);
  }

 private:
  TempFolder folder_;
};

/// The shell command that sends one line; `$n` in it is filled in by the shell.
inline std::string say(std::string_view line) {
  std::string quoted;
  for (const char c : line) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "echo \"" + quoted + "\"\n";
}

/// The shell command that answers the job at hand.
inline std::string answer(std::string_view result) { return say("{\"id\":$n,\"result\":" + std::string(result) + "}"); }

}  // namespace tokprep::test
