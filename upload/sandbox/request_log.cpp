#include "upload/sandbox/request_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/json.h"
#include "upload/sandbox/dates.h"

namespace tokprep::sandbox {

Result<RequestLog> RequestLog::open(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file.valid()) {
    return fail(ErrorCode::kOutputUnwritable, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)),
                errno);
  }
  return RequestLog(std::move(file));
}

void RequestLog::add(const LoggedRequest& request) {
  const std::string line = to_line({{"time", to_iso8601_ms(request.time_ms)},
                                    {"method", request.method},
                                    {"path", request.path},
                                    {"status", request.status},
                                    {"bytes", request.body_bytes}}) +
                           "\n";
  // One append is one line, whoever else writes. A log that cannot be written must not fail a request.
  [[maybe_unused]] const ssize_t written = ::write(file_.get(), line.data(), line.size());
}

}  // namespace tokprep::sandbox
