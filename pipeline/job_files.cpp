#include "pipeline/job_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/input_files.h"

namespace tokprep {
namespace {

bool is_missing(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) != 0 && errno == ENOENT;
}

/// O_NONBLOCK: a FIFO must not hang us before we see that it is one.
Result<FileDescriptor> open_output(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return write_failure(path, "write", errno);
  if (S_ISREG(status.st_mode)) return file;
  Error error;
  error.code = ErrorCode::kOutputUnwritable;
  error.file = path;
  error.message = "cannot write " + path + ": it is not a regular file";
  return fail(std::move(error));
}

}  // namespace

Result<JobFiles> JobFiles::open(std::initializer_list<std::string> inputs, const std::vector<std::string>& outputs,
                                const RunContext& run) {
  JobFiles files;
  for (const std::string& path : inputs) {
    if (path.empty()) continue;
    TOKPREP_ASSIGN(files.files_.emplace_back(), open_input(path, run));
    files.paths_.push_back(path);
  }
  for (const std::string& path : outputs) {
    if (path.empty()) continue;
    const bool is_new = is_missing(path);
    TOKPREP_ASSIGN(files.files_.emplace_back(), open_output(path));
    files.paths_.push_back(path);
    if (is_new) files.made_.emplace_back(path);
  }
  return files;
}

JobFiles::~JobFiles() {
  for (const auto& path : made_) ::unlink(path.c_str());
}

std::vector<int> JobFiles::descriptors() const {
  std::vector<int> numbers;
  for (const FileDescriptor& file : files_) numbers.push_back(file.get());
  return numbers;
}

}  // namespace tokprep
