#include "upload/http_answer.h"

#include <algorithm>

#include "base/text.h"

namespace tokprep {

void note_header_line(std::string_view line, HttpResponse& response) {
  if (line.starts_with("HTTP/")) response.headers.clear();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
  response.headers[to_lower(line.substr(0, colon))] = std::string(value);
}

}  // namespace tokprep
