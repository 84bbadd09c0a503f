#pragma once

#include <httplib.h>

#include "upload/sandbox/wire.h"

namespace tokprep::sandbox {

/// httplib's server over connections that can be made to fail (`Wire`), and that are kept: a client that asks
/// again within five seconds does so on the same connection.
class HttpServer final : public httplib::Server {
 public:
  explicit HttpServer(const StopSignal& stop);

 private:
  bool process_and_close_socket(socket_t socket) override;

  const StopSignal& stop_;
};

}  // namespace tokprep::sandbox
