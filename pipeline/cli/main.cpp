#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/cli/run.h"

int main(int argc, char** argv) {
  try {
    return tokprep::cli::run_program(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tokprep: this is a bug of tokprep: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "tokprep: this is a bug of tokprep: an unknown exception\n");
  }
  return tokprep::exit_code(tokprep::ErrorCode::kInternal);
}
