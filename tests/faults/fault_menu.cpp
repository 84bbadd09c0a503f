#include "tests/faults/fault_menu.h"

namespace tokprep::faults {

std::vector<Json> all_faults() {
  return {{{"kind", "server_error"}},
          {{"kind", "server_error"}, {"status", 500}, {"html", false}},
          {{"kind", "server_error"}, {"status", 503}, {"commit", true}},
          {{"kind", "not_json"}},
          {{"kind", "not_json"}, {"commit", true}},
          {{"kind", "cut_before"}},
          {{"kind", "cut_before"}, {"reset", false}},
          {{"kind", "cut_after"}},
          {{"kind", "cut_after"}, {"reset", false}},
          {{"kind", "stall"}, {"ms", 40}},
          {{"kind", "stall"}, {"ms", 40}, {"cut", true}},
          {{"kind", "stall"}, {"ms", 40}, {"cut", true}, {"commit", true}},
          {{"kind", "drip"}, {"bytes", 40}, {"every_ms", 1}},
          {{"kind", "truncate"}, {"bytes", 5}},
          {{"kind", "truncate"}, {"bytes", 60}},
          {{"kind", "cut_body"}, {"bytes", 10}},
          {{"kind", "cut_body"}, {"bytes", 1500}},
          {{"kind", "expired_url"}},
          {{"kind", "type_refused"}},
          {{"kind", "url_missing"}}};
}

std::vector<Json> lost_answers() {
  return {{{"kind", "cut_after"}},
          {{"kind", "cut_after"}, {"reset", false}},
          {{"kind", "truncate"}, {"bytes", 0}},
          {{"kind", "truncate"}, {"bytes", 30}},
          {{"kind", "not_json"}, {"commit", true}},
          {{"kind", "server_error"}, {"status", 504}, {"commit", true}},
          {{"kind", "stall"}, {"ms", 30}, {"cut", true}, {"commit", true}}};
}

std::vector<Json> storage_faults() {
  return {{{"kind", "expired_url"}},
          {{"kind", "type_refused"}},
          {{"kind", "cut_body"}, {"bytes", 5'000'000}},
          {{"kind", "cut_after"}},
          {{"kind", "server_error"}, {"status", 503}}};
}

}  // namespace tokprep::faults
