#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_depth.h"
#include "base/text.h"

namespace tokprep {
namespace {

/// Where byte `offset` of `text` stands, counted from 1.
std::string position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0: the first line
  return fmt::format("line {}, column {}", line, column);
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Every text in `json`, deep, put through `change`.
template <class Change>
void change_texts(Json& json, const Change& change) {
  if (json.is_string()) {
    std::string& text = json.get_ref<std::string&>();
    text = change(text);
  } else if (json.is_structured()) {
    for (Json& element : json) change_texts(element, change);
  }
}

std::string dump(const Json& json, int indent) {
  std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  if (text.find(kReplacement) == std::string::npos) return text;
  Json readable = json;  // rare: something was replaced, or somebody wrote U+FFFD
  change_texts(readable, [](const std::string& one) { return is_utf8(one) ? one : text_of_name(one); });
  return readable.dump(indent, ' ', false, Json::error_handler_t::replace);  // keys are names of our own
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what) {
  if (is_nested_too_deep(text)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: lists and objects in each other, far too deep", what));
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: not valid JSON at {}", what, position_of(text, offset)));
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", what, error.what()));
  }
}

std::string to_line(const Json& json) { return dump(json, -1); }

std::string to_pretty_text(const Json& json) { return dump(json, 2); }

std::string to_wire(const Json& json) {
  std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (line.find(kReplacement) == std::string::npos) return line;
  Json safe = json;
  change_texts(safe, text_of_name);
  return safe.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Json> from_wire(std::string_view line, std::string_view what) {
  TOKPREP_ASSIGN(Json json, parse_json(line, what));
  if (line.find(kReplacement) != std::string_view::npos) change_texts(json, bytes_of_name);
  return json;
}

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
