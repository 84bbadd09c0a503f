#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// A file sent as the body, streamed from disk.
struct FileBody {
  std::filesystem::path path;
};

/// multipart/form-data with one file, streamed from disk, and text fields.
struct MultipartBody {
  std::string file_field = "file";
  std::filesystem::path path;
  std::string file_name;
  std::string mime;
  std::vector<std::pair<std::string, std::string>> fields;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::variant<std::monostate, std::string, FileBody, MultipartBody> body;
  std::chrono::milliseconds total_timeout{60'000};  ///< for calls without a file; uploads are held by low speed
  /// Bytes sent so far and in all; called while a file body is sent.
  std::function<void(std::uint64_t, std::uint64_t)> on_sent;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< at most 16 MiB are kept
};

/// The seam that tests replace. Thread-safe: each call stands alone.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Any HTTP status is a response. Errors: kNetwork (no connection was made: nothing was sent),
  /// kOutcomeUnknown (something was sent, and no whole answer came back: cut, timed out, unreadable),
  /// kInputUnreadable and kIo (the body's file), kCancelled. Callers that may repeat a call treat the first
  /// two alike; a caller that may not needs the difference.
  virtual Result<HttpResponse> send(const HttpRequest& request, const RunContext& run) = 0;
};

}  // namespace tokprep
