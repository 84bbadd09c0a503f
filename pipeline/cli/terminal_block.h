#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tokprep::cli {

/// Some lines at the bottom of a terminal, redrawn in place; other text goes above them. Makes the text that does it,
/// and writes nothing. Not thread-safe.
///
/// Uses no more than "to the start of the line", "up" and "erase below", so that it works wherever those do. The cursor
/// stays at the end of the last line. A terminal that became narrower has broken drawn lines into several rows: they
/// are counted anew by the width at the time they are taken away.
class TerminalBlock {
 public:
  /// Takes the lines away; the cursor is where the first one began.
  [[nodiscard]] std::string erase(std::size_t columns);

  /// `lines` in place of what is there. Each is narrower than the terminal, and harmless.
  [[nodiscard]] std::string draw(std::vector<std::string> lines, std::size_t columns);

  [[nodiscard]] bool shows(const std::vector<std::string>& lines) const { return !lines_.empty() && lines == lines_; }

 private:
  std::vector<std::string> lines_;  // as drawn
};

}  // namespace tokprep::cli
