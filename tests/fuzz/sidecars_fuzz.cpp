// What stands beside media: the caption, and the options of the post. The first byte says which.
#include "base/json.h"
#include "base/text.h"
#include "pipeline/folder_sidecars.h"
#include "tests/fuzz/fuzz.h"
#include "upload/ayrshare/client.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  if (size == 0) return 0;
  const std::string file = fuzz::file_of(fuzz::text_of(data + 1, size - 1));
  Item item;
  Sidecars sidecars;
  if (data[0] % 2 == 0) sidecars.caption = Sidecar{file, ""};
  else sidecars.options = Sidecar{file, ""};
  const Status read = read_sidecars(sidecars, item);
  if (!read) {
    fuzz::require(describe(read.error()).find(file) != std::string::npos, "the error names the sidecar");
    return 0;
  }
  fuzz::require(is_utf8(item.options.or_default().caption.value_or("")), "a caption is UTF-8");
  (void)validate(item.options.or_default(), {}, {});
  (void)post_body(item.options.or_default(), {"https://example.com/a.mp4"}, true)
      .dump();  // throws where a text is not UTF-8
  return 0;
}
