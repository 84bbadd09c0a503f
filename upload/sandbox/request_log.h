#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/result.h"

namespace tokprep::sandbox {

struct LoggedRequest {
  std::int64_t time_ms = 0;
  std::string method;
  std::string path;  ///< without the query; upload tokens are left out
  int status = 0;
  std::uint64_t body_bytes = 0;         ///< received; of forms, what their parts hold
  std::vector<std::string> faults;      ///< by name, which it met
  std::vector<std::string> violations;  ///< what it must not have had, in sentences
};

void to_json(Json& json, const LoggedRequest& request);

/// The inverse, as far as counts need it: the time is left out.
void from_json(const Json& json, LoggedRequest& request);

/// `requests.jsonl`: one line a request, never a key; `faults` and `violations` only where there are any. A request is
/// in it before its answer is sent. Thread-safe.
class RequestLog {
 public:
  /// Goes on at the end of the file. Error: kOutputUnwritable.
  static Result<RequestLog> open(const std::filesystem::path& path);

  void add(const LoggedRequest& request);

 private:
  explicit RequestLog(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace tokprep::sandbox
