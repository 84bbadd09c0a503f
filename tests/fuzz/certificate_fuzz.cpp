// A certificate that stands where an earlier run may have left it.
#include "pipeline/certificate.h"
#include "pipeline/earlier_result.h"
#include "pipeline/item_evidence.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  static const test::TempFolder folder;
  Item item;
  item.name = "clip.mp4";
  item.sources = {"clip.mp4"};
  item.output_stem = "clip";
  const std::string path = folder.file("clip.tokprep.json", fuzz::text_of(data, size)).string();
  // Its outputs are not there, so that it must not hold, whatever it says.
  fuzz::require(!earlier_result(item, folder.path(), "settings", false, RunContext{}),
                "a forged certificate does not hold");
  const auto evidence = read_evidence(path);
  if (!evidence) fuzz::require(!evidence.error().message.empty(), "a refusal says why");
  return 0;
}
