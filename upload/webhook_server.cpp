#include "upload/webhook_server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace tokprep {
namespace {

constexpr const char* kAnyPath = R"([\s\S]*)";
constexpr std::chrono::seconds kPatience{10};  // the service itself waits no longer for an answer

struct Answer {
  int status = 200;
  std::string words;
};

Status check(const WebhookServerSettings& settings) {
  const auto wrong = [](std::string why) { return fail(ErrorCode::kInvalidArgument, "webhook: " + std::move(why)); };
  if (settings.port < 0 || settings.port > 65535) return wrong(fmt::format("there is no port {}", settings.port));
  if (!settings.path.starts_with('/')) return wrong(fmt::format("the path '{}' does not begin with /", settings.path));
  const auto& secrets = settings.trust.secrets;
  const bool has_secret = std::ranges::any_of(secrets, [](const Secret& secret) { return !secret.empty(); });
  if (!has_secret) return wrong("a secret is needed: without one, anybody could tell us what became of a post");
  return {};
}

/// httplib's own default is SO_REUSEPORT, with which two servers would share one port without a word.
void reuse_address_only(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

std::map<std::string, std::string> lower_case_headers(const httplib::Request& request) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : request.headers) headers[to_lower(name)] = value;
  return headers;
}

int status_of_refusal(const Error& error) { return error.code == ErrorCode::kAuth ? 401 : 400; }

}  // namespace

class WebhookServer::Server {
 public:
  Server(WebhookServerSettings settings, Handler handler, Clock& clock)
      : settings_(std::move(settings)), handler_(std::move(handler)), clock_(clock) {
    http_.set_socket_options(reuse_address_only);
    http_.set_tcp_nodelay(true);
    http_.set_keep_alive_max_count(1);  // a kept connection would hear of no stop
    http_.set_read_timeout(kPatience);
    http_.set_payload_max_length(settings_.body_max_bytes);
    const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
      reply(refusal_of(request).value_or(Answer{405, "only POST is understood"}), response);
    };
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& content) { receive(request, response, content); };
    http_.Get(kAnyPath, without_body).Options(kAnyPath, without_body);
    http_.Put(kAnyPath, without_body).Patch(kAnyPath, without_body).Delete(kAnyPath, without_body);
    http_.Post(kAnyPath, with_body);
    // httplib would wait for the sender to hang up where no length is given.
    http_.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      const bool has_length = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
      if (has_length || request.method == "GET" || request.method == "OPTIONS") {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      reply({411, "the request has no length"}, response);
      return httplib::Server::HandlerResponse::Handled;
    });
  }

  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Status listen() {
    const char* address = settings_.address.c_str();
    errno = 0;
    const bool any = settings_.port == 0;
    port_ = any ? http_.bind_to_any_port(address) : settings_.port;
    const bool bound = any ? port_ > 0 : http_.bind_to_port(address, port_);
    if (!bound) {
      return fail(ErrorCode::kNetwork,
                  fmt::format("cannot listen on {}:{} for webhooks: {}", address, settings_.port, std::strerror(errno)),
                  errno);
    }
    thread_ = std::thread([this] {
      http_.listen_after_bind();
      ended_ = true;
    });
    while (!http_.is_running() && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return {};
  }

  void stop() {
    http_.stop();
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const {
    return fmt::format("http://{}:{}{}", settings_.address, port_, settings_.path);
  }

 private:
  static void reply(const Answer& answer, httplib::Response& response) {
    response.status = answer.status;
    const Json body = {{"status", answer.status == 200 ? "success" : "error"}, {"message", answer.words}};
    response.set_content(to_line(body), "application/json");
  }

  [[nodiscard]] std::optional<Answer> refusal_of(const httplib::Request& request) const {
    if (request.path != settings_.path) return Answer{404, "nothing is received here"};
    // What was signed are the bytes as sent; nobody shall make us unpack others.
    if (request.has_header("Content-Encoding")) return Answer{415, "the body must not be compressed"};
    return std::nullopt;
  }

  void receive(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& content) {
    const auto refused = refusal_of(request);
    if (refused) return reply(*refused, response);
    std::string body;
    bool too_long = false;
    // By our own count as well: httplib's limit goes by the length that was announced, and not all announce one.
    const bool whole = content([&](const char* bytes, std::size_t length) {
      too_long = body.size() + length > settings_.body_max_bytes;
      if (!too_long) body.append(bytes, length);
      return !too_long;
    });
    if (too_long || response.status == 413) return reply({413, "the body is too long"}, response);
    if (!whole) return reply({400, "the body did not arrive whole"}, response);
    reply(take(body, lower_case_headers(request)), response);
  }

  Answer take(const std::string& body, const std::map<std::string, std::string>& headers) {
    if (auto trusted = verify_webhook(body, headers, settings_.trust, clock_.now()); !trusted) {
      return {status_of_refusal(trusted.error()), trusted.error().message};
    }
    const auto event = parse_webhook(body);
    if (!event) return {status_of_refusal(event.error()), event.error().message};
    const std::scoped_lock lock(handling_);
    const Status handled = handler_(*event);
    if (handled) return {200, "received"};
    return {503, "not stored: " + std::string(to_string(handled.error().code))};
  }

  WebhookServerSettings settings_;
  Handler handler_;
  Clock& clock_;
  std::mutex handling_;
  int port_ = 0;
  httplib::Server http_;  // its threads use what stands above
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

WebhookServer::WebhookServer(std::unique_ptr<Server> server) : server_(std::move(server)) {}

WebhookServer::~WebhookServer() = default;

Result<std::unique_ptr<WebhookServer>> WebhookServer::start(WebhookServerSettings settings, Handler handler,
                                                            Clock& clock) {
  TOKPREP_TRY(check(settings));
  auto server = std::make_unique<Server>(std::move(settings), std::move(handler), clock);
  TOKPREP_TRY(server->listen());
  return std::unique_ptr<WebhookServer>(new WebhookServer(std::move(server)));
}

std::string WebhookServer::url() const { return server_->url(); }

int WebhookServer::port() const { return server_->port(); }

void WebhookServer::stop() { server_->stop(); }

}  // namespace tokprep
