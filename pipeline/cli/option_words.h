#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/cli/options_table.h"

namespace tokprep::cli {

/// The words of a command line, told apart.
struct Words {
  struct Given {
    const OptionSpec* option;
    std::string value;  ///< "true" for a switch without one
  };
  std::optional<Verb> verb;
  std::vector<Given> options;
  std::vector<std::string> operands;  ///< what is no option: files, folders, ids
  bool help = false;
  bool version = false;
};

/// Tells options from operands: `--name value`, `--name=value`, `-o value`, `-ovalue`, `-qn`; `--` ends the options.
///
/// Written for what a caption may hold and a post cannot undo: a value is taken byte for byte, an empty one stays
/// empty, and a value that is itself an option's name is refused unless written `--caption=--yes`.
/// Error: kInvalidArgument with one sentence that names the nearest known word.
Result<Words> read_words(std::span<const std::string> arguments);

}  // namespace tokprep::cli
