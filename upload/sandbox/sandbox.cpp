#include "upload/sandbox/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "upload/sandbox/courier.h"
#include "upload/sandbox/http_server.h"
#include "upload/sandbox/ids.h"
#include "upload/sandbox/routes.h"

namespace tokprep {
namespace {

constexpr const char* kHost = "127.0.0.1";
constexpr std::size_t kLargestBodyBytes = 5'000'000'000;
constexpr const char* kAnyPath = R"([\s\S]*)";

Status check(const SandboxConfig& config) {
  const auto wrong = [](std::string why) { return fail(ErrorCode::kInvalidArgument, "sandbox: " + std::move(why)); };
  if (config.port < 0 || config.port > 65535) return wrong(fmt::format("there is no port {}", config.port));
  if (config.data_dir.empty()) return wrong("a data folder is needed");
  if (config.publish_delay.count() < 0) return wrong("the publish delay is negative");
  if (config.clock == nullptr) return wrong("a clock is needed");
  if (config.calls_per_window < 1 || config.call_window.count() < 1) return wrong("the call limit must be 1 or more");
  if (config.tiktok_posts_per_minute < 0 || config.tiktok_posts_per_day < 0) return wrong("a limit is negative");
  if (config.webhook_timeout.count() < 1) return wrong("the webhook time-out must be 1 ms or more");
  if (std::ranges::any_of(config.webhook_retry_delays, [](auto delay) { return delay.count() < 0; })) {
    return wrong("a webhook retry delay is negative");
  }
  if (std::ranges::any_of(config.api_key, [](char c) { return c <= ' ' || c > '~'; })) {
    return wrong("the API key must be printable ASCII without spaces");
  }
  return {};
}

/// The script the sandbox begins with; an empty one where no file is named.
Status load_faults(const std::filesystem::path& file, sandbox::FaultScript& script) {
  if (file.empty()) return {};
  TOKPREP_ASSIGN(const std::string text, read_text_file(file));
  TOKPREP_ASSIGN(Json json, parse_json(text, file.string()));
  TOKPREP_ASSIGN(auto document, sandbox::parse_faults(json));
  script.replace(std::move(json), std::move(document));
  return {};
}

}  // namespace

class Sandbox::Server {
 public:
  Server(const SandboxConfig& config, std::unique_ptr<sandbox::Store> store, sandbox::RequestLog log)
      : site_(config, config.api_key.empty() ? sandbox::random_api_key() : config.api_key, std::move(store),
              std::move(log)),
        router_(site_),
        http_(stop_signal_) {
    sandbox::add_small_upload_routes(router_, site_);
    sandbox::add_large_upload_routes(router_, site_);
    sandbox::add_media_routes(router_, site_);
    sandbox::add_post_routes(router_, site_);
    sandbox::add_update_routes(router_, site_);
    sandbox::add_delete_routes(router_, site_);
    sandbox::add_length_routes(router_);
    sandbox::add_history_routes(router_, site_);
    sandbox::add_account_routes(router_, site_);
    sandbox::add_hook_routes(router_, site_);
    sandbox::add_control_routes(router_, site_);
    sandbox::add_page_routes(router_, site_);
    configure_http();
  }

  /// Goes on from what an earlier run left. Before `listen`.
  Status prepare() {
    site_.tally.read(site_.config.data_dir / "requests.jsonl");
    TOKPREP_TRY(load_faults(site_.config.faults_file, site_.faults));
    if (site_.store->read([](const sandbox::Book& book) { return book.linked_ms != 0; })) return {};
    return site_.store->change([&](sandbox::Book& book) -> Status {
      book.linked_ms = site_.now_ms();
      return {};
    });
  }

  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Status listen(int port) {
    errno = 0;
    const bool bound = port == 0 ? (port = http_.bind_to_any_port(kHost)) > 0 : http_.bind_to_port(kHost, port);
    if (!bound) {
      return fail(ErrorCode::kNetwork,
                  fmt::format("the sandbox cannot listen on {}:{}: {}", kHost, std::max(port, 0), std::strerror(errno)),
                  errno);
    }
    site_.port = port;
    thread_ = std::thread([this] {
      http_.listen_after_bind();
      ended_ = true;
    });
    // stop() would pass unheard before the server runs. The socket listens already: nobody is turned away.
    while (!http_.is_running() && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    courier_.emplace(site_, stop_signal_);
    return {};
  }

  void stop() {
    site_.stopping = true;
    stop_signal_.raise();
    http_.stop();
    if (thread_.joinable()) thread_.join();
    if (courier_) courier_->join();
    site_.store->release();
  }

  [[nodiscard]] const sandbox::Site& site() const { return site_; }

 private:
  void configure_http() {
    http_.set_payload_max_length(kLargestBodyBytes);
    // httplib would wait for the client to hang up where no length is given. HTTP says: then there is no body.
    http_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      const bool has_body = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
      if (has_body || !takes_body(request.method)) return httplib::Server::HandlerResponse::Unhandled;
      router_.serve(request, response, nullptr);
      sandbox::Wire::of_this_thread()->close_after_answer();
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto plain = [this](const httplib::Request& request, httplib::Response& response) {
      router_.serve(request, response, nullptr);
    };
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& content) {
      router_.serve(request, response, &content);
    };
    http_.Get(kAnyPath, plain).Options(kAnyPath, plain);
    http_.Post(kAnyPath, with_body).Put(kAnyPath, with_body).Patch(kAnyPath, with_body).Delete(kAnyPath, with_body);
  }

  static bool takes_body(const std::string& method) {
    return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
  }

  const sandbox::StopSignal stop_signal_;
  sandbox::Site site_;
  sandbox::Router router_;
  sandbox::HttpServer http_;                 // its threads use those above
  std::optional<sandbox::Courier> courier_;  // and so does its thread
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

Sandbox::Sandbox(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>> Sandbox::start(SandboxConfig config) {
  TOKPREP_TRY(check(config));
  TOKPREP_ASSIGN(auto store, sandbox::Store::open(config.data_dir));
  TOKPREP_ASSIGN(auto log, sandbox::RequestLog::open(config.data_dir / "requests.jsonl"));
  auto server = std::make_unique<Server>(config, std::move(store), std::move(log));
  TOKPREP_TRY(server->prepare());
  TOKPREP_TRY(server->listen(config.port));
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(server)));
}

std::string Sandbox::api_url() const { return server_->site().origin() + "/api"; }

std::string Sandbox::api_key() const { return server_->site().gate.api_key(); }

void Sandbox::stop() { server_->stop(); }

}  // namespace tokprep
