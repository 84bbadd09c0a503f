#include "pipeline/cli/json_sink.h"

namespace tokprep::cli {

void JsonSink::on(const Event& event) { line(to_json_line(event)); }

void JsonSink::data(const Json& json, std::string_view /*text*/) {
  Json whole = json;
  whole["v"] = 1;
  line(whole);
}

void JsonSink::say(std::string_view /*text*/) {}

void JsonSink::failure(const Error& error) { line({{"v", 1}, {"type", "error"}, {"error", error}}); }

void JsonSink::line(const Json& json) {
  const std::string text = to_line(json) + "\n";
  const std::lock_guard lock(mutex_);
  out_(text);
}

}  // namespace tokprep::cli
