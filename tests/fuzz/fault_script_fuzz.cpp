// The script of faults that a sandbox takes over HTTP.
#include "base/json.h"
#include "tests/fuzz/fuzz.h"
#include "upload/sandbox/fault_script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  const auto json = parse_json(fuzz::text_of(data, size), "script");
  if (!json) return 0;
  const auto document = sandbox::parse_faults(*json);
  if (!document) return 0;
  sandbox::FaultScript script;
  script.replace(*json, *document);
  for (int i = 0; i < 4; ++i) (void)script.decide({"POST", "/api/post", "post", i});
  (void)to_line(script.usage());
  return 0;
}
