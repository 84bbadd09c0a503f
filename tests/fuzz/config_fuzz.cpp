// tokprep.toml of a folder, and config.toml of the user.
#include "pipeline/cli/toml_layer.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  for (const auto owner : {cli::TomlOwner::kFolder, cli::TomlOwner::kUser}) {
    const auto layer = cli::parse_toml_layer(fuzz::text_of(data, size), "folder/tokprep.toml", owner);
    if (layer) continue;
    fuzz::require(layer.error().code == ErrorCode::kInvalidArgument, "a mistake in a file is the user's");
    fuzz::require(describe(layer.error()).find("tokprep.toml") != std::string::npos, "the error names the file");
  }
  return 0;
}
