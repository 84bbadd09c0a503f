#include "codecs/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file_descriptor.h"

namespace tokprep {
namespace {

tl::unexpected<Error> write_failure(const std::string& path, int error_number) {
  Error error;
  error.code = code_of_write_errno(error_number);
  error.message = fmt::format("cannot write {}: {}", path, std::strerror(error_number));
  error.native = error_number;
  error.file = path;
  if (error.code == ErrorCode::kNoSpace) error.fix = "free some space on that disk and run again";
  return fail(std::move(error));
}

}  // namespace

Status write_output(const std::string& path, std::string_view bytes) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return write_failure(path, errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_failure(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace tokprep
