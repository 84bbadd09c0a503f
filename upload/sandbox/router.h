#pragma once

#include <functional>
#include <string>
#include <vector>

#include "upload/sandbox/exchange.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

using Handler = std::function<void(Exchange&)>;

/// Who is asked for what, and by whom. Every request goes through `serve`, so that each is counted, answered in
/// the service's words and logged, whatever becomes of it.
class Router {
 public:
  explicit Router(Site& site) : site_(site) {}

  /// A path may end in `/*`, which stands for anything but nothing. `api` routes want the key and count as calls.
  void api(std::string method, std::string path, Handler handler);
  void open(std::string method, std::string path, Handler handler);

  /// Thread-safe once all routes are there. `content` is nullptr where there is no body.
  void serve(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader* content) const;

 private:
  struct Route {
    std::string method, path;
    bool needs_key;
    Handler handler;
  };

  void answer(Exchange& exchange) const;
  [[nodiscard]] const Route* find(Exchange& exchange) const;
  bool admit(Exchange& exchange) const;

  Site& site_;
  std::vector<Route> routes_;
};

}  // namespace tokprep::sandbox
