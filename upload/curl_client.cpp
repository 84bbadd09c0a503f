#include "upload/curl_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "base/owned.h"
#include "base/text.h"
#include "upload/body_file.h"
#include "upload/curl_api.h"
#include "upload/http_answer.h"
#include "upload/url.h"

namespace tokprep {
namespace {

/// libcurl's functions. CurlClient::send makes sure that they are there before any of what follows is made.
const CurlApi& curl() { return *curl_api(); }

void free_easy(CURL* easy) { curl().easy_cleanup(easy); }
void free_multi(CURLM* multi) { curl().multi_cleanup(multi); }
void free_headers(curl_slist* list) { curl().slist_free_all(list); }
void free_form(curl_mime* form) { curl().mime_free(form); }

using EasyPtr = Owned<CURL, free_easy>;
using MultiPtr = Owned<CURLM, free_multi>;
using HeaderListPtr = Owned<curl_slist, free_headers>;
using FormPtr = Owned<curl_mime, free_form>;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kHeadersMaxBytes = 256 * 1024;
constexpr std::size_t kIdleHandlesMax = 8;
constexpr long kSendBufferBytes = 512 * 1024;
constexpr std::uint64_t kSharesOfLimitMax = 32;
constexpr std::optional<std::chrono::milliseconds> kCallTimeout{60'000};

/// An easy handle in a multi of its own: the multi keeps the connections and can be woken by a stop.
struct Handle {
  MultiPtr multi;
  EasyPtr easy;  // below the multi: goes first
};

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

/// Below this a transfer counts as stalled. A share of a low limit is slow on purpose.
long least_speed(const CurlSettings& settings) {
  if (!settings.limit_rate_bytes_per_s) return settings.stall_bytes_per_s;
  const std::uint64_t share = *settings.limit_rate_bytes_per_s / kSharesOfLimitMax;
  const auto most = static_cast<std::uint64_t>(std::max(settings.stall_bytes_per_s, 1L));
  return static_cast<long>(std::clamp<std::uint64_t>(share, 1, most));
}

/// One exchange on a borrowed handle: sets the options, lets curl run, reads what came of it.
class Exchange {
 public:
  Exchange(CURL* easy, const HttpRequest& request, const CurlSettings& settings, RateLimit* limit)
      : easy_(easy), request_(request), settings_(settings), limit_(limit) {}
  ~Exchange() { curl().easy_reset(easy_); }  // no pointer to us stays behind; connections do
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Status prepare();
  Result<HttpResponse> perform(CURLM* multi, const RunContext& run);

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (setup_ == CURLE_OK) setup_ = curl().easy_setopt(easy_, option, value);
  }
  Status open_file(const std::filesystem::path& path);
  Status set_headers();
  Status set_body();
  void set_form(const MultipartBody& body);
  [[nodiscard]] bool sends_file() const;
  void set_timeouts();
  void set_connection();
  void set_tls_and_proxy();
  void set_callbacks();

  void run_until_done(CURLM* multi, const RunContext& run);
  bool must_end(const RunContext& run);
  void go_on_when_due();
  [[nodiscard]] int patience_ms() const;
  void report_sent();
  [[nodiscard]] std::string_view words() const;
  [[nodiscard]] Error transport_error() const;

  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static std::size_t on_header(char* line, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static int on_request_begins(void* self, char*, char*, int, int);

  CURL* easy_;
  const HttpRequest& request_;
  const CurlSettings& settings_;
  RateLimit* limit_;  // null without one
  HeaderListPtr headers_;
  FormPtr form_;
  std::optional<BodyFile> file_;
  std::array<char, CURL_ERROR_SIZE> detail_{};

  CURLcode setup_ = CURLE_OK;
  CURLcode outcome_ = CURLE_OK;
  bool began_ = false;            // a connection stands and the request is being written
  std::optional<Error> failure_;  // met in a callback or by a stop; says more than curl's own code
  std::optional<SteadyClock::time_point> stop_seen_;
  std::optional<SteadyClock::time_point> paused_until_;  // the rate leaves nothing to send before
  std::optional<std::uint64_t> reported_bytes_;
  std::size_t header_bytes_ = 0;
  HttpResponse response_;
};

Status Exchange::prepare() {
  const std::string scheme = scheme_of(request_.url);
  if ((scheme != "http" && scheme != "https") || host_of(request_.url).empty() ||
      has_control_characters(request_.url)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not an http or https URL", shown_url(request_.url)));
  }
  set(CURLOPT_URL, request_.url.c_str());
  set_connection();
  set_tls_and_proxy();
  set_timeouts();
  set_callbacks();
  TOKPREP_TRY(set_headers());
  TOKPREP_TRY(set_body());
  if (setup_ != CURLE_OK) {
    return fail(ErrorCode::kInternal, fmt::format("libcurl: {}", curl().easy_strerror(setup_)), setup_);
  }
  return {};
}

void Exchange::set_connection() {
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_ACCEPT_ENCODING, "deflate, gzip, br");
  set(CURLOPT_USERAGENT, settings_.user_agent.c_str());
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_UPLOAD_BUFFERSIZE, kSendBufferBytes);
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  if (request_.at_most_once || std::holds_alternative<FileBody>(request_.body)) {
    // libcurl repeats any request, POST too, that got no byte back on a kept connection. A large file is not sent twice
    // unasked either: the URL it goes to may work once. A form goes to the service itself, where a copy does no harm.
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  }
}

void Exchange::set_tls_and_proxy() {
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (settings_.ca_file) {
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(*settings_.ca_file, ignored);
    set(is_folder ? CURLOPT_CAPATH : CURLOPT_CAINFO, settings_.ca_file->c_str());
    if (is_folder) set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
    else set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // instead of the system's, not beside them
  }
  if (settings_.proxy) set(CURLOPT_PROXY, settings_.proxy->c_str());
  else if (is_loopback_url(request_.url)) set(CURLOPT_PROXY, "");
}

bool Exchange::sends_file() const {
  return std::holds_alternative<FileBody>(request_.body) || std::holds_alternative<MultipartBody>(request_.body);
}

void Exchange::set_timeouts() {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  if (sends_file()) {
    set(CURLOPT_LOW_SPEED_LIMIT, least_speed(settings_));
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.stall_timeout.count()));
  }
  const auto longest = request_.total_timeout ? request_.total_timeout : sends_file() ? std::nullopt : kCallTimeout;
  if (longest) set(CURLOPT_TIMEOUT_MS, static_cast<long>(longest->count()));
}

void Exchange::set_callbacks() {
  set(CURLOPT_ERRORBUFFER, detail_.data());
  set(CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_PREREQFUNCTION, &Exchange::on_request_begins);
  set(CURLOPT_PREREQDATA, this);
}

Status Exchange::set_headers() {
  std::vector<std::string> lines{"Expect:"};  // "100-continue" would hold a body back for a second
  for (const auto& [name, value] : request_.headers) {
    if (has_control_characters(name) || has_control_characters(value)) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("the value of header '{}' is not one printable line", name));
    }
    lines.push_back(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  for (const std::string& line : lines) {
    curl_slist* longer = curl().slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) return fail(ErrorCode::kInternal, "out of memory");
    static_cast<void>(headers_.release());  // the list kept its head, or had none
    headers_.reset(longer);
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
  return {};
}

Status Exchange::open_file(const std::filesystem::path& path) {
  TOKPREP_ASSIGN(file_, BodyFile::open(path));
  return {};
}

Status Exchange::set_body() {
  if (const auto* text = std::get_if<std::string>(&request_.body)) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text->size()));
    set(CURLOPT_POSTFIELDS, text->c_str());
  } else if (const auto* file = std::get_if<FileBody>(&request_.body)) {
    TOKPREP_TRY(open_file(file->path));
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(file_->size_bytes()));
    set(CURLOPT_READFUNCTION, &Exchange::on_read);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &Exchange::on_seek);
    set(CURLOPT_SEEKDATA, this);
  } else if (const auto* form = std::get_if<MultipartBody>(&request_.body)) {
    TOKPREP_TRY(open_file(form->path));
    set_form(*form);
  }
  set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  return {};
}

void Exchange::set_form(const MultipartBody& body) {
  form_.reset(curl().mime_init(easy_));
  const auto keep_first = [this](CURLcode code) {
    if (setup_ == CURLE_OK) setup_ = code;
  };
  for (const auto& [name, value] : body.fields) {
    curl_mimepart* part = curl().mime_addpart(form_.get());
    keep_first(curl().mime_name(part, name.c_str()));
    keep_first(curl().mime_data(part, value.data(), value.size()));
  }
  curl_mimepart* part = curl().mime_addpart(form_.get());
  keep_first(curl().mime_name(part, body.file_field.c_str()));
  keep_first(curl().mime_filename(part, body.file_name.c_str()));
  keep_first(curl().mime_type(part, body.mime.c_str()));
  keep_first(curl().mime_data_cb(part, static_cast<curl_off_t>(file_->size_bytes()), &Exchange::on_read,
                                 &Exchange::on_seek, nullptr, this));
  set(CURLOPT_MIMEPOST, form_.get());
}

Result<HttpResponse> Exchange::perform(CURLM* multi, const RunContext& run) {
  if (curl().multi_add_handle(multi, easy_) != CURLM_OK)
    return fail(ErrorCode::kInternal, "libcurl refused a transfer");
  run_until_done(multi, run);
  curl().multi_remove_handle(multi, easy_);  // ends what still runs
  if (failure_) return fail(std::move(*failure_));
  if (outcome_ != CURLE_OK) return fail(transport_error());
  long status = 0;
  curl().easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

void Exchange::run_until_done(CURLM* multi, const RunContext& run) {
  const std::stop_callback wake(run.stop, [multi] { curl().multi_wakeup(multi); });
  for (int running = 1;;) {
    go_on_when_due();
    const CURLMcode code = curl().multi_perform(multi, &running);
    report_sent();
    if (code != CURLM_OK) outcome_ = CURLE_FAILED_INIT;
    if (code != CURLM_OK || running == 0 || must_end(run)) break;
    curl().multi_poll(multi, nullptr, 0, patience_ms(), nullptr);
  }
  int left = 0;
  while (const CURLMsg* message = curl().multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) outcome_ = message->data.result;
  }
}

void Exchange::go_on_when_due() {
  if (!paused_until_ || SteadyClock::now() < *paused_until_) return;
  paused_until_.reset();
  curl().easy_pause(easy_, CURLPAUSE_CONT);  // asks on_read again, which may pause anew
}

int Exchange::patience_ms() const {
  const int longest = stop_seen_ ? 20 : 1000;
  if (!paused_until_) return longest;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*paused_until_ - SteadyClock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, longest));
}

bool Exchange::must_end(const RunContext& run) {
  if (!run.stop.stop_requested()) return false;
  const auto now = SteadyClock::now();
  if (!stop_seen_) stop_seen_ = now;
  const bool on_its_way = request_.at_most_once && began_;
  if (on_its_way && now - *stop_seen_ < settings_.answer_grace) return false;
  failure_.emplace();
  failure_->code = on_its_way ? ErrorCode::kOutcomeUnknown : ErrorCode::kCancelled;
  failure_->message = on_its_way ? fmt::format("stopped before {} answered", host_of(request_.url)) : "stopped";
  return true;
}

void Exchange::report_sent() {
  if (!file_ || !request_.on_sent || reported_bytes_ == file_->position_bytes()) return;
  reported_bytes_ = file_->position_bytes();
  request_.on_sent(*reported_bytes_, file_->size_bytes());
}

/// libcurl's words on what happened; but those on a proxy may quote its whole URL, with the password.
std::string_view Exchange::words() const {
  const std::string_view detail = detail_.data();
  const bool quotes_proxy =
      outcome_ == CURLE_COULDNT_RESOLVE_PROXY || to_lower(detail).find("proxy") != std::string::npos;
  return detail.empty() || quotes_proxy ? curl().easy_strerror(outcome_) : detail;
}

Error Exchange::transport_error() const {
  const std::string_view said = words();
  Error error;
  error.native = outcome_ == CURLE_OPERATION_TIMEDOUT ? ETIMEDOUT : static_cast<int>(outcome_);
  if (outcome_ == CURLE_SSL_CACERT_BADFILE) {
    error.code = ErrorCode::kInvalidArgument;
    error.message = fmt::format("the certificate authorities cannot be used: {}", said);
    if (settings_.ca_file) error.file = settings_.ca_file->string();
  } else if (outcome_ == CURLE_OUT_OF_MEMORY || outcome_ == CURLE_FAILED_INIT) {
    error.code = ErrorCode::kInternal;
    error.message = fmt::format("libcurl: {}", said);
  } else if (!began_) {
    error.code = ErrorCode::kNetwork;
    error.message = fmt::format("cannot connect to {}: {}", host_of(request_.url), said);
    if (outcome_ == CURLE_COULDNT_RESOLVE_PROXY) {
      error.fix = "check the proxy: --proxy, or https_proxy in the environment";
    } else if (outcome_ == CURLE_PEER_FAILED_VERIFICATION) {
      error.fix = "check the address; for an authority of your own, name its certificate: --ca-file FILE";
    }
  } else {
    error.code = ErrorCode::kOutcomeUnknown;
    error.message = fmt::format("no whole answer to {} {}: {}", request_.method, shown_url(request_.url), said);
  }
  return error;
}

std::size_t Exchange::on_read(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  std::uint64_t wanted = std::min<std::uint64_t>(size * count, exchange.file_->left_bytes());
  if (exchange.limit_ != nullptr && wanted > 0) {
    const auto now = SteadyClock::now();
    const RateLimit::Grant grant = exchange.limit_->take(wanted, now);
    if (grant.bytes == 0) {
      exchange.paused_until_ = now + grant.wait_us;
      return CURL_READFUNC_PAUSE;
    }
    wanted = grant.bytes;
  }
  auto got = exchange.file_->read(std::span(buffer, wanted));
  if (got) return *got;
  exchange.failure_ = std::move(got).error();
  return CURL_READFUNC_ABORT;
}

int Exchange::on_seek(void* self, curl_off_t offset, int origin) {
  auto& exchange = *static_cast<Exchange*>(self);
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  return exchange.file_->seek(static_cast<std::uint64_t>(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

std::size_t Exchange::on_header(char* line, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  std::string_view text(line, size * count);
  exchange.header_bytes_ += text.size();
  if (exchange.header_bytes_ > kHeadersMaxBytes) return 0;  // too much for a header: an unreadable answer
  note_header_line(text, exchange.response_);
  return text.size();
}

std::size_t Exchange::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  const std::size_t length = size * count;
  if (exchange.response_.body.size() + length > exchange.settings_.response_max_bytes) return 0;
  exchange.response_.body.append(bytes, length);
  return length;
}

int Exchange::on_request_begins(void* self, char*, char*, int, int) {
  static_cast<Exchange*>(self)->began_ = true;
  return CURL_PREREQFUNC_OK;
}

}  // namespace

/// Idle handles with their open connections; as many as calls ever ran at once, up to a few.
class CurlClient::Pool {
 public:
  Handle take() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) return {MultiPtr(curl().multi_init()), EasyPtr(curl().easy_init())};
    Handle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  void give_back(Handle handle) {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < kIdleHandlesMax) idle_.push_back(std::move(handle));
  }

 private:
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

CurlClient::CurlClient(CurlSettings settings) : settings_(std::move(settings)), pool_(std::make_unique<Pool>()) {
  const auto& rate = settings_.limit_rate_bytes_per_s;
  if (rate) limit_ = std::make_unique<RateLimit>(std::max<std::uint64_t>(*rate, 1), SteadyClock::now());
}

CurlClient::~CurlClient() = default;

Result<HttpResponse> CurlClient::send(const HttpRequest& request, const RunContext& run) {
  TOKPREP_TRY(run.check_stop());
  if (!curl_api()) return fail(Error(curl_api().error()));
  Handle handle = pool_->take();
  if (handle.multi == nullptr || handle.easy == nullptr) return fail(ErrorCode::kInternal, "libcurl cannot start");
  Result<HttpResponse> outcome = [&]() -> Result<HttpResponse> {
    Exchange exchange(handle.easy.get(), request, settings_, limit_.get());
    TOKPREP_TRY(exchange.prepare());
    return exchange.perform(handle.multi.get(), run);
  }();
  pool_->give_back(std::move(handle));
  return outcome;
}

}  // namespace tokprep
