#include "base/json_depth.h"

namespace tokprep {

bool is_nested_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    else if (in_string && c == '\\') ++i;
    else if (!in_string && (c == '[' || c == '{') && ++depth > kJsonDeepest) return true;
    else if (!in_string && (c == ']' || c == '}') && depth > 0) --depth;
  }
  return false;
}

}  // namespace tokprep
