// A manifest, as lines of JSON and as CSV: the first byte says which. What its keys mean is looked up as well.
#include "base/json.h"
#include "pipeline/cli/manifest_keys.h"
#include "pipeline/manifest.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace tokprep;

void look_up(const ManifestRecord& record) {
  for (const auto& [key, value] : record.values.items()) {
    fuzz::require(!record.is_csv || value.is_string(), "a cell is a text");
    fuzz::require(record.is_csv || record.column_of(key) <= record.text.size(), "a column lies within its line");
    (void)cli::find_manifest_key(key);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char* name = data[0] % 2 == 0 ? "posts.jsonl" : "posts.csv";
  const std::string file = fuzz::file_of(fuzz::text_of(data + 1, size - 1), name);
  auto reader = ManifestReader::open(file, {});
  if (!reader) {
    fuzz::require(describe(reader.error()).find(name) != std::string::npos, "the error names the manifest");
    return 0;
  }
  std::size_t line = 0;
  while (true) {
    const auto record = reader->next();
    fuzz::require(record.has_value(), "a file that is there can be read to its end");
    if (!*record) return 0;
    fuzz::require((*record)->line > line && (*record)->line <= size, "lines are counted");
    line = (*record)->line;
    if ((*record)->error) {
      const std::string place = "line " + std::to_string(line);
      fuzz::require((*record)->error->message.find(place) != std::string::npos, "the error names the line");
      continue;
    }
    look_up(**record);
  }
}
