#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "upload/sandbox/exchange.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

using Handler = std::function<void(Exchange&)>;

/// Who is asked for what, and by whom. Every request goes through `serve`, so that each meets its fault, keeps the
/// contract of its endpoint, is counted, answered in the service's words and logged, whatever becomes of it.
class Router {
 public:
  explicit Router(Site& site) : site_(site) {}

  /// A path may end in `/*`, which stands for anything but nothing. `api` routes want the key and count as calls.
  /// Each must have its contract (contract.h).
  void api(std::string_view method, std::string_view path, Handler handler);
  void open(std::string_view method, std::string_view path, Handler handler);

  /// Thread-safe once all routes are there. `content` is nullptr where there is no body.
  void serve(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader* content) const;

 private:
  struct Route {
    const Contract* contract;
    std::string path;  // of the whole server
    Handler handler;
  };

  void answer(Exchange& exchange, const Route* route) const;
  [[nodiscard]] const Route* find(Exchange& exchange) const;
  void refuse_path(Exchange& exchange) const;
  bool admit(Exchange& exchange) const;
  bool keeps_contract(Exchange& exchange) const;

  Site& site_;
  std::vector<Route> routes_;
};

}  // namespace tokprep::sandbox
