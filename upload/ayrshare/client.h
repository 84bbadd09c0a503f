#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/run_context.h"
#include "upload/ayrshare/account_info.h"
#include "upload/ayrshare/post_options.h"
#include "upload/ayrshare/post_record.h"
#include "upload/ayrshare/rate_window.h"
#include "upload/ayrshare/service_hooks.h"
#include "upload/ayrshare/upload_speed.h"
#include "upload/credentials.h"
#include "upload/http_client.h"
#include "upload/retry.h"
#include "upload/transfer_limit.h"

namespace tokprep {

struct ServiceConfig {
  std::string base_url = "https://api.ayrshare.com/api";  ///< without a slash at the end
  Secret api_key;
  std::optional<Secret> profile_key;
  /// What the `HttpClient` was told to keep to, if anything (`CurlSettings::limit_rate_bytes_per_s`): a file that
  /// cannot be through in time at this rate is refused before it is begun.
  std::optional<std::uint64_t> limit_rate_bytes_per_s = std::nullopt;
  /// Files on their way at the same time, over all calls of the client; further ones wait. Small ones are mostly
  /// waiting for the service, large ones share one line.
  int uploads_at_once = 4;
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

/// One file the service keeps for the account.
struct GalleryFile {
  std::string id;
  std::string url;
  std::string file_name;
  std::string description;
  std::string created;     ///< ISO 8601
  std::string expires_at;  ///< ISO 8601; empty where the service does not say
  std::optional<std::int64_t> size_bytes;
};

struct HistoryQuery {
  int limit = 100;
  int last_days = 30;
};

/// What to change about a post that has not gone out yet; unset stays as it is.
struct PostChange {
  std::optional<std::string> schedule_date = std::nullopt;  ///< ISO 8601, UTC; a past one sends the post at once
  std::optional<bool> approved = std::nullopt;
  std::optional<bool> schedule_paused = std::nullopt;
  std::optional<std::string> notes = std::nullopt;
};

/// What the service thinks of a post it was only shown.
struct PostCheck {
  bool accepted = false;
  std::string message;                 ///< the service's own words, where it takes the post
  std::vector<ServiceError> errors;    ///< why it would refuse it
  std::vector<ServiceError> warnings;  ///< what it would take nevertheless
};

/// A text as the service weighs it for TikTok; it calls this an estimate.
struct TextWeight {
  int length = 0;
  int length_max = 0;  ///< 0 where it does not say
  bool fits = false;
};

/// Speaks the Ayrshare API. Which call may be repeated after a failure, and why:
///
/// - Reading, looking and validating change nothing: `get_post`, `history`, `history_entry`, `gallery`, `account`,
///   `url_exists`, `validate_post`, `text_weight`, `hooks` are repeated by `policy`.
/// - `upload` is repeated: a copy nobody posts does no harm and expires by itself.
/// - `delete_post`, `update_post`, `register_hook` and `remove_hook` name the state they want, so saying it twice comes
///   to the same; they are repeated, and a refusal that follows a lost answer is read in that light.
/// - `create_post` and `retry_post` publish, and `rotate_hook_secret` pushes out the oldest secret each time: they are
///   sent once, always. A lost answer is kOutcomeUnknown.
///
/// Thread-safe as far as the `HttpClient` is. Errors of every call: kAuth (401, 403, and codes that ask for a new
/// link), kRateLimited (429), kRejected (other 4xx, with the service's code and words), kUnavailable (5xx), kNetwork,
/// kTimeout, kInvalidArgument (`base_url` is not an http(s) URL), kCancelled. `native` holds the HTTP status, `fix`
/// what helps (service_codes.h). An answer that cannot be read is kUnavailable for calls that may be repeated, and
/// kOutcomeUnknown for those sent once. Keys are blotted out of every text the service sends back.
///
/// All calls of a client share one retry budget (`policy.budget`, or one of its own) and one view of the service's
/// window of calls: where that is used up, every call waits for the next one.
class AyrshareClient {
 public:
  /// `http` must outlive the client. `policy` is for the calls that may be repeated.
  AyrshareClient(HttpClient& http, ServiceConfig config, RetryPolicy policy = {});

  /// Streams the file: POST /media/upload up to 30 MB, GET /media/uploadUrl + PUT above. Then waits until
  /// /media/urlExists can reach it. Reports progress as stage "upload". A failed PUT is repeated with a new URL.
  ///
  /// Further errors: kInvalidArgument (the name's extension; nothing was sent), kNotCompliant (above 5 GB, or too
  /// large for the 30 minutes an upload URL lives: at the set rate or the best measured one before anything is sent, at
  /// the rate of the transfer itself once that has lasted a minute), kInputUnreadable, kIo
  /// (the file changed meanwhile), kRejected also where the hosted file stays out of reach or its URL has an extension
  /// TikTok's side would not know.
  Result<UploadedFile> upload(const UploadRequest& request, const RunContext& run);

  /// One look by the service at a URL; "not reachable" is an answer, not an error.
  Result<UrlCheck> url_exists(const std::string& url, const RunContext& run);

  /// GET /media: all files the account keeps with the service, in its order. The service has no paging.
  Result<std::vector<GalleryFile>> gallery(const RunContext& run);

  /// Returns once the service takes calls again, where its window of calls is full or a refusal named a time to wait;
  /// kCancelled by a stop, kRateLimited where that is longer than the policy's deadline. Reports stage "wait" and notes
  /// it to the observer. Calls wait for that by themselves, all but `create_post`.
  Status wait_for_window(const RunContext& run) const;

  /// POST /post, once. While the window of calls is full nothing is sent: kRateLimited. kOutcomeUnknown where the
  /// request may have arrived but no usable answer came back: a lost one, an unreadable one, a stop on the way, or any
  /// 5xx but those that say of the post that it was refused before anything was sent (`verifyCheck`). Every other error
  /// means that nothing was posted.
  Result<PostRecord> create_post(const PostOptions& options, const std::vector<std::string>& media_urls, bool is_video,
                                 const RunContext& run);

  Result<PostRecord> get_post(const std::string& id, const RunContext& run);

  /// DELETE /post of one post. Success also where it was deleted before. On TikTok itself a published post stays: the
  /// service can only remove its own record.
  Status delete_post(const std::string& id, const RunContext& run);

  /// PATCH /post. kInvalidArgument where nothing is to be changed; kOutcomeUnknown where an answer was lost and the
  /// change, said again, was refused: it may have been the first that sent the post off.
  Status update_post(const std::string& id, const PostChange& change, const RunContext& run);

  /// PUT /post/retry, once: the service sends a failed post again, which it allows one time. Errors as `create_post`.
  Result<PostRecord> retry_post(const std::string& id, const RunContext& run);

  /// POST /validate/post: the checks of `create_post` without a post. A refusal is an answer, not an error.
  Result<PostCheck> validate_post(const PostOptions& options, const std::vector<std::string>& media_urls, bool is_video,
                                  const RunContext& run);

  /// POST /validate/postLength.
  Result<TextWeight> text_weight(const std::string& text, const RunContext& run);

  /// Newest first. An empty history (HTTP 400, code 221) is an empty list.
  Result<std::vector<PostRecord>> history(const HistoryQuery& query, const RunContext& run);

  /// GET /history/:id.
  Result<PostRecord> history_entry(const std::string& id, const RunContext& run);

  /// GET /user: the cheapest authorised call; tells whether the key works and what is linked.
  Result<AccountInfo> account(const RunContext& run);

  /// POST /hook/webhook. The secret becomes that of every hook of the profile. Error: kInvalidArgument for a URL that
  /// is not https (http to loopback is left for rehearsals).
  Status register_hook(const HookRegistration& hook, const RunContext& run);

  /// GET /hook/webhook.
  Result<std::vector<RegisteredHook>> hooks(const RunContext& run);

  /// DELETE /hook/webhook.
  Status remove_hook(const std::string& action, const RunContext& run);

  /// POST /hook/webhook/secret, once. For 24 hours the service then signs with the old secret and the new one.
  Status rotate_hook_secret(const Secret& secret, const RunContext& run);

 private:
  /// Says whether an answer that looks like a failure is one the call can use: (HTTP status, body).
  using Usable = bool (*)(int, const nlohmann::json&);

  /// Where a large file goes: where it will be, where it is sent, and as what.
  struct UploadSlot {
    std::string access_url, upload_url, content_type;
  };

  /// What went before the last attempt of a call.
  struct CallStory {
    bool answer_lost = false;  ///< an attempt may have been heard without our knowing
  };

  [[nodiscard]] HttpRequest authorised(std::string method, std::string_view path) const;
  [[nodiscard]] HttpRequest with_json(std::string method, std::string_view path, const nlohmann::json& body) const;
  [[nodiscard]] std::string without_keys(std::string text) const;
  [[nodiscard]] PostRecord without_keys(PostRecord record) const;
  Result<HttpResponse> send_counted(const HttpRequest& request, const RunContext& run);
  Attempt<nlohmann::json> exchange(const HttpRequest& request, const RunContext& run, Usable usable,
                                   CallStory* story = nullptr);
  Result<nlohmann::json> call(const HttpRequest& request, const RunContext& run, Usable usable = nullptr,
                              CallStory* story = nullptr);
  Result<nlohmann::json> call_once(HttpRequest request, std::string_view what, const RunContext& run);
  void hold_after(Error& refusal, Clock::TimePoint now);

  Result<std::string> upload_small(const UploadRequest& request, std::uint64_t size_bytes, const RunContext& run);
  Result<std::string> upload_large(const UploadRequest& request, std::uint64_t size_bytes, const RunContext& run);
  static Result<UploadSlot> parse_slot(const nlohmann::json& body);
  /// `crowded_out` is set where it was too slow for its URL while others shared the line.
  Attempt<std::string> put_to_new_url(const UploadRequest& request, std::uint64_t size_bytes, bool& crowded_out,
                                      const RunContext& run);
  Attempt<void> put(const UploadRequest& request, std::uint64_t size_bytes, const UploadSlot& slot, bool& crowded_out,
                    const RunContext& run);
  Status wait_until_reachable(const std::string& url, const RunContext& run);

  HttpClient& http_;
  ServiceConfig config_;
  RetryPolicy policy_;
  std::shared_ptr<RateWindow> window_ = std::make_shared<RateWindow>();
  std::shared_ptr<UploadSpeed> speed_ = std::make_shared<UploadSpeed>();
  std::shared_ptr<TransferLimit> transfers_;
};

/// What a call ends with that is not sent, as the service takes none for another `wait`.
Error closed_window(std::chrono::milliseconds wait);

/// The JSON body of POST /post, exactly as `create_post` sends it: for --dry-run and tests.
nlohmann::json post_body(const PostOptions& options, const std::vector<std::string>& media_urls, bool is_video);

}  // namespace tokprep
