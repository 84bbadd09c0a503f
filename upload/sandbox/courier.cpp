#include "upload/sandbox/courier.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "upload/sandbox/lifecycle.h"
#include "upload/sandbox/signature.h"

namespace tokprep::sandbox {
namespace {

constexpr std::chrono::milliseconds kTick{20};
constexpr std::int64_t kCollectMs = 2000;  // how long `reorder` waits for enough events
constexpr std::size_t kRecordsKept = 500;
constexpr int kNoAnswer = 503;  // how the service logs a time-out

/// The secrets that are good at `now_ms`, newest first. A profile without its own signs with the primary one's.
std::vector<std::string> secrets_of(const Book& book, const std::string& profile, std::int64_t now_ms) {
  auto found = book.hook_secrets.find(profile);
  if (found == book.hook_secrets.end()) found = book.hook_secrets.find("");
  std::vector<std::string> secrets;
  if (found == book.hook_secrets.end()) return secrets;
  for (const HookSecret& secret : found->second) {
    if (secret.until_ms == 0 || secret.until_ms > now_ms) secrets.push_back(secret.secret);
  }
  return secrets;
}

bool is_worth_repeating(int status, const SandboxConfig& config) {
  if (config.webhook_retries_all) return status < 200 || status > 299;
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

}  // namespace

std::optional<HookAddress> parse_hook_url(std::string_view url) {
  constexpr std::array<std::string_view, 3> kHosts{"http://127.0.0.1", "http://localhost", "http://[::1]"};
  const auto host = std::ranges::find_if(kHosts, [&](std::string_view known) { return url.starts_with(known); });
  if (host == kHosts.end()) return std::nullopt;
  const std::string_view rest = url.substr(host->size());
  const std::string_view port = rest.substr(0, rest.find('/'));
  if (!port.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), number);
    const bool whole = error == std::errc() && end == port.data() + port.size();
    if (port.front() != ':' || !whole || number < 1 || number > 65535) return std::nullopt;
  }
  const std::string_view path = rest.substr(port.size());
  const bool is_plain = std::ranges::all_of(path, [](char c) { return c > ' ' && c <= '~'; });
  if (!is_plain) return std::nullopt;
  return HookAddress{.origin = std::string(*host) + std::string(port), .path = path.empty() ? "/" : std::string(path)};
}

Courier::Courier(Site& site, const StopSignal& stop) : site_(site), stop_(stop), thread_([this] { run(); }) {}

void Courier::join() {
  {
    const std::lock_guard lock(mutex_);
    if (sending_ != nullptr) sending_->stop();
  }
  if (thread_.joinable()) thread_.join();
}

void Courier::run() {
  while (stop_.sleep(kTick)) {
    // A disk that fails now is tried again at the next tick, and named to the next request.
    [[maybe_unused]] const Status moved_on = advance(site_);
    deliver_due();
  }
}

/// Oldest first; with `reorder`, by so many and newest first.
std::vector<Delivery> Courier::take_due(std::int64_t now_ms) const {
  std::vector<Delivery> due = site_.store->read([&](const Book& book) {
    std::vector<Delivery> found;
    for (const Delivery& delivery : book.outbox) {
      if (delivery.due_ms <= now_ms) found.push_back(delivery);
    }
    return found;
  });
  const int batch = site_.faults.webhooks().reorder;
  if (batch < 2 || due.empty()) return due;
  const bool waited = now_ms - due.front().created_ms >= kCollectMs;
  if (std::ssize(due) < batch && !waited) return {};
  if (std::ssize(due) > batch) due.resize(static_cast<std::size_t>(batch));
  std::ranges::reverse(due);
  return due;
}

void Courier::deliver_due() {
  for (const Delivery& delivery : take_due(site_.now_ms())) {
    if (stop_.raised()) return;
    deliver(delivery);
  }
}

httplib::Headers Courier::headers_of(const Delivery& delivery) const {
  const HookFaults faults = site_.faults.webhooks();
  const std::int64_t now_ms = site_.now_ms();
  httplib::Headers headers{{"X-Ayrshare-Delivery-Id", delivery.id},
                           {"X-Ayrshare-Delivery-Attempt", std::to_string(delivery.attempt)},
                           {"Connection", "close"}};
  std::vector<std::string> secrets =
      site_.store->read([&](const Book& book) { return secrets_of(book, delivery.profile, now_ms); });
  if (secrets.empty()) return headers;
  if (faults.bad_signature) secrets = {"somebody else's secret"};
  std::string all;
  for (const std::string& secret : secrets) {
    all += fmt::format("{}v1={}", all.empty() ? "" : ",", hmac_sha256(secret, delivery.body));
  }
  headers.emplace("X-Authorization-Timestamp", std::to_string(now_ms / 1000 + faults.timestamp_shift_s));
  headers.emplace("X-Authorization-Content-SHA256", hmac_sha256(secrets.front(), delivery.body));
  headers.emplace("X-Authorization-Content-SHA256-V2", all);
  return headers;
}

/// The status of the answer; 503 where none came in time. A redirection is not followed.
int Courier::send(const Delivery& delivery, const std::string& origin, const std::string& path) {
  httplib::Client http(origin);
  http.set_connection_timeout(site_.config.webhook_timeout);
  http.set_read_timeout(site_.config.webhook_timeout);
  http.set_write_timeout(site_.config.webhook_timeout);
  {
    const std::lock_guard lock(mutex_);
    sending_ = &http;
  }
  const auto answer = stop_.raised() ? httplib::Result{nullptr, httplib::Error::Canceled}
                                     : http.Post(path, headers_of(delivery), delivery.body, "application/json");
  const std::lock_guard lock(mutex_);
  sending_ = nullptr;
  return answer ? answer->status : kNoAnswer;
}

void Courier::deliver(const Delivery& delivery) {
  const auto address = parse_hook_url(delivery.url);
  int status = kNoAnswer;
  for (int i = 0; i < site_.faults.webhooks().repeat; ++i) {
    if (address) status = send(delivery, address->origin, address->path);
    if (stop_.raised()) return;  // whether it came or not: it goes out again at the next start
  }
  record(delivery, status);
}

void Courier::record(const Delivery& delivery, int status) {
  const auto tried = static_cast<std::size_t>(delivery.attempt);
  const std::vector<std::chrono::milliseconds>& delays = site_.config.webhook_retry_delays;
  const bool again = is_worth_repeating(status, site_.config) && tried <= delays.size();
  const std::int64_t now_ms = site_.now_ms();
  const auto note = [&](Book& book) -> Status {
    const auto kept = std::ranges::find(book.outbox, delivery.id, &Delivery::id);
    if (kept == book.outbox.end()) return {};
    if (again) {
      ++kept->attempt;
      kept->due_ms = now_ms + delays[tried - 1].count();
    } else {
      book.outbox.erase(kept);
    }
    book.deliveries.push_back({.id = delivery.id,
                               .hook_id = delivery.hook_id,
                               .profile = delivery.profile,
                               .action = delivery.action,
                               .url = delivery.url,
                               .attempt = delivery.attempt,
                               .status = status,
                               .sent_ms = now_ms,
                               .will_repeat = again});
    if (book.deliveries.size() > kRecordsKept) book.deliveries.erase(book.deliveries.begin());
    return {};
  };
  // What could not be noted is sent again: at least once is what was promised.
  [[maybe_unused]] const Status noted = site_.store->change(note);
}

}  // namespace tokprep::sandbox
