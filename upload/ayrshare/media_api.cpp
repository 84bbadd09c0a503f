#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/span.h"
#include "base/text.h"
#include "base/units.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"
#include "upload/ayrshare/upload_window.h"
#include "upload/url.h"

namespace tokprep {
namespace {

// https://www.ayrshare.com/docs/apis/media/upload-media and .../upload-large-media, read 2026-10-04.
constexpr std::uint64_t kSmallUploadMaxBytes = 30'000'000;
constexpr std::uint64_t kLargeUploadMaxBytes = 5'000'000'000;
constexpr std::chrono::days kSmallUploadLife{90};
constexpr std::chrono::days kLargeUploadLife{30};

constexpr std::array<std::string_view, 6> kExtensions = {"mp4", "mov", "jpg", "jpeg", "webp", "png"};

/// The known extension `name` ends in, without its dot; empty if there is none.
std::string_view known_extension(std::string_view name) {
  const std::string lower = to_lower(name);
  const auto* found = std::ranges::find_if(
      kExtensions, [&](std::string_view extension) { return lower.ends_with(fmt::format(".{}", extension)); });
  return found != kExtensions.end() ? *found : std::string_view();
}

/// Sending a file again costs minutes, so few attempts; but a slow first one must not forbid a second.
RetryPolicy for_files(RetryPolicy policy) {
  policy.attempts_max = std::min(policy.attempts_max, 3);
  policy.deadline = std::chrono::hours(2);
  return policy;
}

/// A hosted file is usually there at once, sometimes after some seconds: that is no sign of a service in trouble.
RetryPolicy for_looking(RetryPolicy policy) {
  policy.budget = nullptr;
  policy.attempts_max = std::max(policy.attempts_max, 8);
  policy.delay_max = std::min(policy.delay_max, std::chrono::milliseconds(8'000));
  return policy;
}

// 30 MB in this time are 4 kB/s: slower than that is no upload.
constexpr std::chrono::hours kSmallUploadTimeout{2};

/// No time is named for the call, so a slow line gets long, and a limit that was set twice what it takes.
std::chrono::milliseconds small_upload_timeout(std::uint64_t size_bytes, const ServiceConfig& config) {
  if (!config.limit_rate_bytes_per_s) return kSmallUploadTimeout;
  const std::uint64_t all_bytes = size_bytes * static_cast<std::uint64_t>(std::max(config.uploads_at_once, 1));
  const std::chrono::seconds at_limit(all_bytes / std::max<std::uint64_t>(*config.limit_rate_bytes_per_s, 1));
  return std::max<std::chrono::milliseconds>(kSmallUploadTimeout, 2 * at_limit);
}

/// Watches one transfer: passes its progress on, and tells in the end how fast it went, whatever became of it.
class Transfer {
 public:
  Transfer(const RunContext& run, UploadSpeed& speed, const TransferLimit& all)
      : run_(run), speed_(speed), all_(all), began_(run.clock->now()), at_once_(all.under_way()) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { speed_.note(sent_bytes_, lasted(), at_once_); }

  /// The most that shared the line so far.
  [[nodiscard]] int at_once() const { return at_once_; }

  [[nodiscard]] std::chrono::milliseconds lasted() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(run_.clock->now() - began_);
  }

  std::function<void(std::uint64_t, std::uint64_t)> watcher() {
    return [this](std::uint64_t sent_bytes, std::uint64_t total_bytes) {
      sent_bytes_ = sent_bytes;
      at_once_ = std::max(at_once_, all_.under_way());
      const double done =
          static_cast<double>(sent_bytes) / static_cast<double>(std::max<std::uint64_t>(total_bytes, 1));
      run_.report("upload", total_bytes == 0 ? 1.0 : done);
    };
  }

 private:
  const RunContext& run_;
  UploadSpeed& speed_;
  const TransferLimit& all_;
  Clock::TimePoint began_;
  int at_once_;
  std::uint64_t sent_bytes_ = 0;
};

Result<std::uint64_t> checked_size(const UploadRequest& request) {
  if (known_extension(request.name).empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("cannot upload {} as '{}': the name must end in .{}", request.file.string(), request.name,
                            fmt::join(kExtensions, ", .")));
  }
  TOKPREP_ASSIGN(const std::uint64_t size_bytes, size_of_file(request.file));
  if (size_bytes <= kLargeUploadMaxBytes) return size_bytes;
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = fmt::format("{} has {}; the service takes files up to {}", request.file.string(),
                              format_size(size_bytes), format_size(kLargeUploadMaxBytes));
  error.file = request.file.string();
  error.rule = "upload.large_max";
  error.measured = static_cast<std::int64_t>(size_bytes);
  error.limit = static_cast<std::int64_t>(kLargeUploadMaxBytes);
  error.unit = "bytes";
  error.fix = "lower --quality";
  return fail(std::move(error));
}

/// The storage behind an uploadUrl knows no key: its 401 and 403 speak of the URL, which is new each time.
Failure put_failure(const HttpResponse& response, const std::string& upload_url) {
  Error error;
  error.code = response.status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kRejected;
  error.message = fmt::format("the storage at {} refused the file (HTTP {})", host_of(upload_url), response.status);
  error.native = response.status;
  return Failure(std::move(error), true);
}

Failure unreachable(const std::string& url, int status) {
  Error error;
  error.code = ErrorCode::kRejected;
  error.message = fmt::format("the uploaded file cannot be reached at {} (HTTP {})", shown_url(url), status);
  error.native = status;
  error.fix = "run again";
  return Failure(std::move(error), true);
}

/// A look that found nothing may be answered by HTTP 200 or by a 4xx; both carry `statusCode`.
bool is_url_check(int status, const Json& body) { return status < 500 && number_member(body, "statusCode") != 0; }

}  // namespace

std::chrono::days hosting_life(std::uint64_t size_bytes) {
  return size_bytes <= kSmallUploadMaxBytes ? kSmallUploadLife : kLargeUploadLife;
}

Result<UploadedFile> AyrshareClient::upload(const UploadRequest& request, const RunContext& run) {
  UploadedFile uploaded;
  TOKPREP_ASSIGN(uploaded.size_bytes, checked_size(request));
  const Span span(run, "upload", [&] {
    return Json{{"file", request.file.string()}, {"size_bytes", uploaded.size_bytes}};
  });
  const bool small = uploaded.size_bytes <= kSmallUploadMaxBytes;
  uploaded.expires_at = run.clock->now() + hosting_life(uploaded.size_bytes);
  TOKPREP_ASSIGN(uploaded.url, small ? upload_small(request, uploaded.size_bytes, run)
                                     : upload_large(request, uploaded.size_bytes, run));
  if (known_extension(uploaded.url).empty()) {
    return fail(ErrorCode::kRejected, fmt::format("the service hosts {} as {}, which does not end in .{}", request.name,
                                                  shown_url(uploaded.url), fmt::join(kExtensions, ", .")));
  }
  TOKPREP_TRY(wait_until_reachable(uploaded.url, run));
  return uploaded;
}

Result<std::string> AyrshareClient::upload_small(const UploadRequest& request, std::uint64_t size_bytes,
                                                 const RunContext& run) {
  TOKPREP_ASSIGN(const TransferLimit::Place place, transfers_->take(run.stop));
  HttpRequest post = authorised("POST", "/media/upload");
  post.body = MultipartBody{"file", request.file, request.name, request.mime, {{"fileName", request.name}}};
  post.total_timeout = small_upload_timeout(size_bytes, config_);
  const auto attempt = [&] {
    Transfer transfer(run, *speed_, *transfers_);
    post.on_sent = transfer.watcher();
    return exchange(post, run, nullptr);
  };
  TOKPREP_ASSIGN(const Json reply, retry(for_files(policy_), run, attempt));
  std::string url = text_member(reply, "url");
  if (url.empty()) return fail(unreadable_answer("POST /media/upload", "url"));
  return url;
}

Result<std::string> AyrshareClient::upload_large(const UploadRequest& request, std::uint64_t size_bytes,
                                                 const RunContext& run) {
  bool crowded_out = false;
  const auto attempt = [&] { return put_to_new_url(request, size_bytes, crowded_out, run); };
  {
    TOKPREP_ASSIGN(const TransferLimit::Place place, transfers_->take(run.stop));
    auto url = retry(for_files(policy_), run, attempt);
    if (!crowded_out) return url;
  }
  run.note(LogLevel::kWarn,
           [&] { return fmt::format("{} is sent alone: beside others it is too slow", request.name); });
  TOKPREP_ASSIGN(const TransferLimit::Place all, transfers_->take_all(run.stop));
  return retry(for_files(policy_), run, attempt);
}

Result<AyrshareClient::UploadSlot> AyrshareClient::parse_slot(const Json& body) {
  UploadSlot slot{text_member(body, "accessUrl"), text_member(body, "uploadUrl"), text_member(body, "contentType")};
  const std::string scheme = scheme_of(slot.upload_url);
  if (slot.access_url.empty()) return fail(unreadable_answer("GET /media/uploadUrl", "accessUrl"));
  if (scheme != "http" && scheme != "https") return fail(unreadable_answer("GET /media/uploadUrl", "uploadUrl"));
  if (slot.content_type.empty()) return fail(unreadable_answer("GET /media/uploadUrl", "contentType"));
  return slot;
}

Attempt<std::string> AyrshareClient::put_to_new_url(const UploadRequest& request, std::uint64_t size_bytes,
                                                    bool& crowded_out, const RunContext& run) {
  // Before each attempt: the one before has been measured, and another URL would live no longer.
  const UploadRate rate{config_.limit_rate_bytes_per_s, speed_->best_bytes_per_s()};
  if (auto fits = check_upload_window(request.file, size_bytes, rate); !fits) {
    return tl::unexpected(Failure(std::move(fits).error()));
  }
  std::string path = "/media/uploadUrl?fileName=" + percent_encoded(request.name);
  // Short names, and none for WebP; the service then goes by the file's name.
  const std::string_view type = known_extension(request.name);
  if (type != "webp") path += fmt::format("&contentType={}", type);
  auto reply = call(authorised("GET", path), run);
  if (!reply) return tl::unexpected(Failure(std::move(reply).error(), false));  // it was repeated already
  TOKPREP_ASSIGN(const UploadSlot slot, parse_slot(*reply));

  if (auto sent = put(request, size_bytes, slot, crowded_out, run); !sent)
    return tl::unexpected(std::move(sent).error());
  return slot.access_url;
}

Attempt<void> AyrshareClient::put(const UploadRequest& request, std::uint64_t size_bytes, const UploadSlot& slot,
                                  bool& crowded_out, const RunContext& run) {
  HttpRequest put;  // no Authorization: the URL is its own permission, and the storage is somebody else
  put.method = "PUT";
  put.url = slot.upload_url;
  put.headers.emplace_back("Content-Type", slot.content_type);
  put.body = FileBody{request.file};
  put.total_timeout = kUploadUrlLife;  // after that the storage would refuse it
  Transfer transfer(run, *speed_, *transfers_);
  UploadPace pace(request.file, size_bytes);
  // Ends early what cannot be through in time: by the outer stop, or by the watch over the transfer's own speed.
  std::stop_source too_slow;
  const std::stop_callback stopped(run.stop, [&] { too_slow.request_stop(); });
  Status in_time;
  put.on_sent = [&, watch = transfer.watcher()](std::uint64_t sent_bytes, std::uint64_t total_bytes) {
    watch(sent_bytes, total_bytes);
    if (in_time) in_time = pace.check(sent_bytes, transfer.lasted());
    if (!in_time) too_slow.request_stop();
  };
  RunContext own = run;
  own.stop = too_slow.get_token();
  auto response = http_.send(put, own);
  if (!in_time) {
    crowded_out = transfer.at_once() > 1;
    return tl::unexpected(Failure(std::move(in_time).error(), false));
  }
  if (!response) return tl::unexpected(Failure(as_repeatable(std::move(response).error())));
  if (response->status / 100 != 2) return tl::unexpected(put_failure(*response, slot.upload_url));
  return {};
}

Status AyrshareClient::wait_until_reachable(const std::string& url, const RunContext& run) {
  const auto look = [&]() -> Attempt<bool> {
    auto check = url_exists(url, run);
    if (!check) return tl::unexpected(Failure(std::move(check).error(), false));  // it was repeated already
    if (!check->reachable) return tl::unexpected(unreachable(url, check->status));
    return true;
  };
  TOKPREP_TRY(retry(for_looking(policy_), run, look));
  return {};
}

Result<UrlCheck> AyrshareClient::url_exists(const std::string& url, const RunContext& run) {
  const HttpRequest request = with_json("POST", "/media/urlExists", {{"mediaUrl", url}});
  TOKPREP_ASSIGN(const Json reply, call(request, run, is_url_check));
  UrlCheck check;
  check.status = number_member(reply, "statusCode");
  check.reachable = text_member(reply, "status") == "success" && (check.status == 0 || check.status / 100 == 2);
  check.content_type = text_member(reply, "contentType");
  return check;
}

}  // namespace tokprep
