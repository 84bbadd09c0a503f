#include "upload/sandbox/counts.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

constexpr std::size_t kScriptBytes = 1'000'000;

void show_counts(Exchange& exchange, Site& site) {
  Json counts = site.tally.counts();
  counts.update(site.store->read([](const Book& book) { return counts_of(book); }));
  exchange.reply(200, counts);
}

void replace_faults(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(kScriptBytes);
  if (!body) return;
  auto document = parse_faults(*body);
  if (!document) return exchange.refuse(400, 400, document.error().message, "faults");
  site.faults.replace(*body, std::move(*document));
  exchange.reply(200, site.faults.usage());
}

void clear_faults(Exchange& exchange, Site& site) {
  const Json used = site.faults.usage();
  site.faults.replace(Json::object(), FaultDocument());
  exchange.reply(200, used);
}

}  // namespace

void add_control_routes(Router& router, Site& site) {
  router.open("GET", "/sandbox/counts", [&site](Exchange& exchange) { show_counts(exchange, site); });
  router.open("GET", "/sandbox/faults", [&site](Exchange& exchange) { exchange.reply(200, site.faults.usage()); });
  router.open("POST", "/sandbox/faults", [&site](Exchange& exchange) { replace_faults(exchange, site); });
  router.open("DELETE", "/sandbox/faults", [&site](Exchange& exchange) { clear_faults(exchange, site); });
}

}  // namespace tokprep::sandbox
