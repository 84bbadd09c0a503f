#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>

namespace tokprep {
namespace {

/// Where byte `offset` of `text` stands, counted from 1.
std::string position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0: the first line
  return fmt::format("line {}, column {}", line, column);
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: not valid JSON at {}", what, position_of(text, offset)));
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", what, error.what()));
  }
}

std::string to_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json without_nulls(Json json) {
  if (json.is_object()) {
    for (auto it = json.begin(); it != json.end();) {
      if (it->is_null()) {
        it = json.erase(it);
      } else {
        *it = without_nulls(std::move(*it));
        ++it;
      }
    }
  } else if (json.is_array()) {
    for (Json& element : json) element = without_nulls(std::move(element));
  }
  return json;
}

}  // namespace tokprep
