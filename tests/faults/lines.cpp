#include "tests/faults/lines.h"

#include <fstream>
#include <iterator>
#include <string_view>

namespace tokprep::faults {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<Json> lines_of(const std::filesystem::path& file) {
  const std::string text = text_of(file);
  std::string_view rest = text;
  std::vector<Json> lines;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    Json json = Json::parse(line, nullptr, false);
    const bool is_ours = json.is_object() && json.contains("type") && json["type"].is_string();
    lines.push_back(is_ours ? std::move(json) : Json{{"type", "not_json"}, {"line", line}});
  }
  return lines;
}

}  // namespace tokprep::faults
