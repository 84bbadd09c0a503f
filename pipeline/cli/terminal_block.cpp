#include "pipeline/cli/terminal_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {

std::string TerminalBlock::erase(std::size_t columns) {
  if (lines_.empty()) return "";
  std::size_t rows = 0;
  for (const std::string& line : lines_) {
    const std::size_t width = std::max<std::size_t>(display_width(line), 1);
    rows += (width + columns - 1) / columns;
  }
  lines_.clear();
  return (rows > 1 ? fmt::format("\r\x1b[{}A", rows - 1) : "\r") + "\x1b[J";
}

std::string TerminalBlock::draw(std::vector<std::string> lines, std::size_t columns) {
  std::string text = erase(columns);
  for (std::size_t i = 0; i < lines.size(); ++i) text += (i > 0 ? "\n" : "") + lines[i];
  lines_ = std::move(lines);
  return text;
}

}  // namespace tokprep::cli
