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
  std::string url = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::variant<std::monostate, std::string, FileBody, MultipartBody> body = {};
  /// The most the call may take; unset: a minute, or with a file as long as it moves.
  std::optional<std::chrono::milliseconds> total_timeout = std::nullopt;
  /// The server must never see this request twice. It then goes over a connection of its own: on a kept one that
  /// proves dead, HTTP clients send again by themselves, although the first copy may have been read.
  bool at_most_once = false;
  /// Bytes sent so far and in all; called while a file body is sent.
  std::function<void(std::uint64_t, std::uint64_t)> on_sent = {};
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< at most 16 MiB; a larger answer is an unreadable one
};

/// The seam that tests replace. Thread-safe: each call stands alone.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Any HTTP status is a response; redirects are not followed. Errors: kNetwork (no connection was made: nothing
  /// was sent), kOutcomeUnknown (something was sent, and no whole answer came back: cut, timed out, unreadable),
  /// kInputUnreadable (the body's file; nothing was sent), kIo (the file failed or changed while it was sent),
  /// kInvalidArgument (no http(s) URL, a header with control characters), kCancelled. Callers that may repeat a
  /// call treat the first two alike; a caller that may not needs the difference. `native` is ETIMEDOUT where time
  /// ran out.
  ///
  /// A stop ends the call at once, except that a request to be sent at most once is given a moment for its answer
  /// when it is already on its way; without one it is kOutcomeUnknown, not kCancelled.
  virtual Result<HttpResponse> send(const HttpRequest& request, const RunContext& run) = 0;
};

}  // namespace tokprep
