#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/run_context.h"
#include "upload/ayrshare/post_options.h"
#include "upload/credentials.h"
#include "upload/http_client.h"
#include "upload/retry.h"

namespace tokprep {

struct ServiceConfig {
  std::string base_url = "https://api.ayrshare.com/api";  ///< without a slash at the end
  Secret api_key;
  std::optional<Secret> profile_key;
};

struct UploadRequest {
  std::filesystem::path file;
  std::string name;  ///< ends in a known extension: mp4 mov jpg jpeg webp png
  std::string mime;  ///< "video/mp4"
};

struct UploadedFile {
  std::string url;  ///< ends in a known extension, always
  std::uint64_t size_bytes = 0;
  Clock::TimePoint expires_at;  ///< 90 days by the small upload, 30 by the large one
};

/// How long the service keeps an uploaded file of this size.
std::chrono::days hosting_life(std::uint64_t size_bytes);

struct UrlCheck {
  bool reachable = false;
  int status = 0;
  std::string content_type;
};

/// One refusal inside a reply, in the service's own words.
struct ServiceError {
  int code = 0;  ///< Ayrshare's numeric code; 0 if none
  std::string message;
  std::string platform;
  bool pre_check = false;  ///< refused before anything was sent ("verifyCheck")
};

enum class PostState { kPending, kScheduled, kAwaitingApproval, kPublished, kFailed, kDeleted, kUnknown };

template <>
struct EnumNames<PostState> {
  static constexpr std::array kTable{std::pair{PostState::kPending, std::string_view("pending")},
                                     std::pair{PostState::kScheduled, std::string_view("scheduled")},
                                     std::pair{PostState::kAwaitingApproval, std::string_view("awaiting approval")},
                                     std::pair{PostState::kPublished, std::string_view("published")},
                                     std::pair{PostState::kFailed, std::string_view("failed")},
                                     std::pair{PostState::kDeleted, std::string_view("deleted")},
                                     std::pair{PostState::kUnknown, std::string_view("unknown")}};
};

/// What the service says of one post: the answer of POST /post, GET /post/:id and each entry of /history.
struct PostRecord {
  std::string id;  ///< Ayrshare's
  std::string ref_id;
  PostState state = PostState::kUnknown;
  std::string tiktok_id;  ///< digits once published; empty before
  std::string url;        ///< on TikTok; empty before
  std::string caption;
  std::string notes;
  std::vector<std::string> media_urls;
  std::string created;        ///< ISO 8601
  std::string schedule_date;  ///< ISO 8601; empty if none
  std::vector<ServiceError> errors;
};

struct HistoryQuery {
  int limit = 100;
  int last_days = 30;
};

/// Speaks the Ayrshare API. Knows what each call may be repeated for and what not:
/// reading, uploading and checking are retried by `retry`; `create_post` is sent once, always.
///
/// Thread-safe as far as the `HttpClient` is. Errors of every call: kAuth (401, 403), kRateLimited (429),
/// kRejected (other 4xx, with the service's code and words), kUnavailable (5xx), kNetwork, kTimeout,
/// kInvalidArgument (`base_url` is not an http(s) URL), kCancelled. `native` holds the HTTP status. An answer that
/// cannot be read is kUnavailable for calls that may be repeated, and kOutcomeUnknown for `create_post`.
/// Keys are blotted out of every text the service sends back.
class AyrshareClient {
 public:
  /// `http` must outlive the client. `policy` is for the calls that may be repeated.
  AyrshareClient(HttpClient& http, ServiceConfig config, RetryPolicy policy = {});

  /// Streams the file: POST /media/upload up to 30 MB, GET /media/uploadUrl + PUT above. Then waits until
  /// /media/urlExists can reach it. Reports progress as stage "upload". A failed PUT is repeated with a new URL.
  ///
  /// Further errors: kInvalidArgument (the name's extension; nothing was sent), kNotCompliant (above 5 GB),
  /// kInputUnreadable, kIo (the file changed meanwhile), kRejected also where the hosted file stays out of reach or
  /// its URL has an extension TikTok's side would not know.
  Result<UploadedFile> upload(const UploadRequest& request, const RunContext& run);

  /// One look by the service at a URL; "not reachable" is an answer, not an error.
  Result<UrlCheck> url_exists(const std::string& url, const RunContext& run);

  /// POST /post, once. kOutcomeUnknown where the request may have arrived but no usable answer came back: a lost
  /// one, an unreadable one, any 5xx, or a stop on the way. kNetwork and kCancelled mean that nothing was sent.
  Result<PostRecord> create_post(const PostOptions& options, const std::vector<std::string>& media_urls, bool is_video,
                                 const RunContext& run);

  Result<PostRecord> get_post(const std::string& id, const RunContext& run);

  /// Newest first. An empty history (HTTP 400, code 221) is an empty list.
  Result<std::vector<PostRecord>> history(const HistoryQuery& query, const RunContext& run);

  /// GET /user: the cheapest authorised call; tells whether the key works and which networks are linked.
  Result<std::vector<std::string>> linked_networks(const RunContext& run);

 private:
  /// Says whether an answer that looks like a failure is one the call can use: (HTTP status, body).
  using Usable = bool (*)(int, const nlohmann::json&);

  [[nodiscard]] HttpRequest authorised(std::string method, std::string_view path) const;
  [[nodiscard]] HttpRequest with_json(std::string method, std::string_view path, const nlohmann::json& body) const;
  [[nodiscard]] std::string without_keys(std::string text) const;
  [[nodiscard]] PostRecord without_keys(PostRecord record) const;
  Attempt<nlohmann::json> exchange(const HttpRequest& request, const RunContext& run, Usable usable);
  Result<nlohmann::json> call(const HttpRequest& request, const RunContext& run, Usable usable = nullptr);

  Result<std::string> upload_small(const UploadRequest& request, const RunContext& run);
  Result<std::string> upload_large(const UploadRequest& request, const RunContext& run);
  Attempt<std::string> put_to_new_url(const UploadRequest& request, const RunContext& run);
  Status wait_until_reachable(const std::string& url, const RunContext& run);

  HttpClient& http_;
  ServiceConfig config_;
  RetryPolicy policy_;
};

/// id, status, url (null before it is known), and of the rest what is filled.
void to_json(nlohmann::json& json, const PostRecord& record);

/// The JSON body of POST /post, exactly as `create_post` sends it: for --dry-run and tests.
nlohmann::json post_body(const PostOptions& options, const std::vector<std::string>& media_urls, bool is_video);

}  // namespace tokprep
