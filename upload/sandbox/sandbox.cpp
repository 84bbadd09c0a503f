#include "upload/sandbox/sandbox.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

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
  if (std::ranges::any_of(config.api_key, [](char c) { return c <= ' ' || c > '~'; })) {
    return wrong("the API key must be printable ASCII without spaces");
  }
  return {};
}

/// httplib's own default is SO_REUSEPORT, with which two servers would share one port without a word.
void reuse_address_only(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

class Sandbox::Server {
 public:
  Server(const SandboxConfig& config, std::unique_ptr<sandbox::Store> store, sandbox::RequestLog log)
      : site_(config, config.api_key.empty() ? sandbox::random_api_key() : config.api_key, std::move(store),
              std::move(log)),
        router_(site_) {
    sandbox::add_small_upload_routes(router_, site_);
    sandbox::add_large_upload_routes(router_, site_);
    sandbox::add_media_routes(router_, site_);
    sandbox::add_post_routes(router_, site_);
    sandbox::add_history_routes(router_, site_);
    sandbox::add_page_routes(router_, site_);
    configure_http();
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
    return {};
  }

  void stop() {
    site_.stopping = true;
    http_.stop();
    if (thread_.joinable()) thread_.join();
    site_.store->release();
  }

  [[nodiscard]] const sandbox::Site& site() const { return site_; }

 private:
  void configure_http() {
    http_.set_socket_options(reuse_address_only);
    http_.set_tcp_nodelay(true);
    http_.set_payload_max_length(kLargestBodyBytes);
    // A worker waits for the next request of a kept connection and hears of no stop meanwhile; so none is kept.
    http_.set_keep_alive_max_count(1);
    http_.set_keep_alive_timeout(1);
    // httplib would wait for the client to hang up where no length is given. HTTP says: then there is no body.
    http_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      const bool has_body = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
      if (has_body || !takes_body(request.method)) return httplib::Server::HandlerResponse::Unhandled;
      router_.serve(request, response, nullptr);
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

  sandbox::Site site_;
  sandbox::Router router_;
  httplib::Server http_;  // its threads use the two above
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
  TOKPREP_TRY(server->listen(config.port));
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(server)));
}

std::string Sandbox::api_url() const { return server_->site().origin() + "/api"; }

std::string Sandbox::api_key() const { return server_->site().gate.api_key(); }

void Sandbox::stop() { server_->stop(); }

}  // namespace tokprep
