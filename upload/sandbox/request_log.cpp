#include "upload/sandbox/request_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "upload/sandbox/dates.h"

namespace tokprep::sandbox {

void to_json(Json& json, const LoggedRequest& request) {
  json = {{"time", to_iso8601_ms(request.time_ms)},
          {"method", request.method},
          {"path", request.path},
          {"status", request.status},
          {"bytes", request.body_bytes}};
  if (!request.faults.empty()) json["faults"] = request.faults;
  if (!request.violations.empty()) json["violations"] = request.violations;
}

void from_json(const Json& json, LoggedRequest& request) {
  request.method = json.at("method");
  request.path = json.at("path");
  request.status = json.at("status");
  request.body_bytes = json.at("bytes");
  request.faults = json.value("faults", std::vector<std::string>());
  request.violations = json.value("violations", std::vector<std::string>());
}

namespace {

/// A crash may have cut the last line; what comes next must not be glued to it.
void end_last_line(const FileDescriptor& file) {
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  char last = '\n';
  if (size > 0 && ::pread(file.get(), &last, 1, size - 1) == 1 && last != '\n') {
    [[maybe_unused]] const ssize_t written = ::write(file.get(), "\n", 1);
  }
}

}  // namespace

Result<RequestLog> RequestLog::open(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file.valid()) {
    return fail(ErrorCode::kOutputUnwritable, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)),
                errno);
  }
  end_last_line(file);
  return RequestLog(std::move(file));
}

void RequestLog::add(const LoggedRequest& request) {
  const std::string line = to_line(request) + "\n";
  // One append is one line, whoever else writes. A log that cannot be written must not fail a request.
  [[maybe_unused]] const ssize_t written = ::write(file_.get(), line.data(), line.size());
}

}  // namespace tokprep::sandbox
