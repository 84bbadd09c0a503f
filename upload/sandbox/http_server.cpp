#include "upload/sandbox/http_server.h"

#include <sys/socket.h>

namespace tokprep::sandbox {
namespace {

constexpr std::size_t kThreads = 48;  // a kept connection holds one, whether it says something or not
constexpr std::size_t kRequestsPerConnection = 1000;
constexpr std::chrono::seconds kIdle{5};

/// httplib's own default is SO_REUSEPORT, with which two servers would share one port without a word.
void reuse_address_only(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

HttpServer::HttpServer(const StopSignal& stop) : stop_(stop) {
  new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // httplib deletes it
  set_socket_options(reuse_address_only);
  set_tcp_nodelay(true);
  set_keep_alive_max_count(kRequestsPerConnection);
  set_keep_alive_timeout(kIdle.count());
}

bool HttpServer::process_and_close_socket(socket_t socket) {
  Wire wire(socket, stop_);
  bool answered = true;
  for (std::size_t left = kRequestsPerConnection; left > 0 && wire.wait_for_request(kIdle); --left) {
    bool client_closes = false;
    answered = process_request(wire, left == 1, client_closes, nullptr);
    if (!answered || client_closes || wire.ends()) break;
  }
  return answered;
}

}  // namespace tokprep::sandbox
