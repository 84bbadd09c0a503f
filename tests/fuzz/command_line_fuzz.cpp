// A command line: the input's lines are its arguments. Names of options come from a dictionary of them all.
#include <vector>

#include "pipeline/cli/command_line.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  std::vector<std::string> arguments(1);
  for (const char c : fuzz::text_of(data, size)) {
    if (c == '\n') arguments.emplace_back();
    else if (c != '\0') arguments.back() += c;
  }
  const auto command = cli::parse(arguments);
  if (command) return 0;
  fuzz::require(command.error().code == ErrorCode::kInvalidArgument, "a mistake in the arguments is the user's");
  fuzz::require(!command.error().message.empty(), "a refusal says why");
  return 0;
}
