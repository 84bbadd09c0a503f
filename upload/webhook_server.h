#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "upload/ayrshare/webhook.h"

namespace tokprep {

struct WebhookServerSettings {
  std::string address = "127.0.0.1";  ///< where the user's proxy, which speaks https to the world, reaches us
  int port = 0;                       ///< 0: any that is free
  std::string path = "/webhook";      ///< everything else is 404
  std::size_t body_max_bytes = std::size_t{1} << 20;
  WebhookTrust trust;
};

/// Receives webhooks. Each request is checked (webhook.h), read, and handed to the handler, one at a time; the answer
/// tells the service whether it has to send the event again:
///
/// 200 the handler has it, durably · 400 not an event · 401 not signed by us, or of another time · 404, 405 not our
/// path, not POST · 411, 413, 415 no length, too long, compressed · 503 the handler failed: send it again.
///
/// The service repeats an event it got no 200 for, so the handler meets some twice: it drops those whose `key` it
/// knows, and answers them as done. Events of no use to us (`kOther`) come to it as well.
class WebhookServer {
 public:
  using Handler = std::function<Status(const WebhookEvent&)>;

  /// Listens at once. `clock` must outlive the server. The handler runs on the server's threads.
  /// Errors: kInvalidArgument (no secret, no such port, a path without its slash), kNetwork (cannot listen there).
  static Result<std::unique_ptr<WebhookServer>> start(WebhookServerSettings settings, Handler handler,
                                                      Clock& clock = system_clock());
  ~WebhookServer();
  WebhookServer(const WebhookServer&) = delete;
  WebhookServer& operator=(const WebhookServer&) = delete;

  [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:41234/webhook"
  [[nodiscard]] int port() const;

  /// Lets the requests at work finish, then turns everybody away. Also done by the destructor.
  void stop();

 private:
  class Server;
  explicit WebhookServer(std::unique_ptr<Server> server);

  std::unique_ptr<Server> server_;
};

}  // namespace tokprep
