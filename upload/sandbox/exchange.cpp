#include "upload/sandbox/exchange.h"

#include <fmt/format.h>

#include <utility>

#include "upload/sandbox/codes.h"

namespace tokprep::sandbox {

void Exchange::reply(int status, const Json& body) {
  response_.status = status;
  response_.set_content(to_line(body), "application/json; charset=utf-8");
}

void Exchange::reply_flat(int status, int code, std::string message, std::string_view action) {
  reply(status, {{"action", action}, {"status", "error"}, {"code", code}, {"message", std::move(message)}});
}

void Exchange::refuse(int status, int code, std::string message, std::string_view action) {
  if (code == code::kParameter) note_violation(message);
  reply_flat(status, code, std::move(message), action);
}

void Exchange::refuse(const Refusal& refusal, std::string_view action) {
  if (refusal.code == code::kParameter && !refusal.lawful) note_violation(refusal.message);
  reply_flat(400, refusal.code, refusal.message, action);
}

/// Refusal sent: false. A body that was cut short is no slip of the client's: it may have been killed.
bool Exchange::read_text(std::size_t limit_bytes, std::string& text) {
  const bool whole = read_bytes([&](std::string_view bytes) {
    if (text.size() <= limit_bytes) text += bytes;
    return true;
  });
  if (!whole) refuse(400, 400, "The body was cut short.");
  else if (text.size() > limit_bytes)
    refuse(400, code::kParameter, fmt::format("The body is longer than {} bytes.", limit_bytes));
  return whole && text.size() <= limit_bytes;
}

std::optional<Json> Exchange::json_body(std::size_t limit_bytes) {
  const std::string type = header("Content-Type");
  if (type != "application/json" && !type.starts_with("application/json;")) {
    refuse(400, code::kParameter, "The body must be JSON, with Content-Type: application/json.");
    return std::nullopt;
  }
  std::string text;
  if (!read_text(limit_bytes, text)) return std::nullopt;
  Result<Json> json = parse_json(text, "the body");
  if (!json || !json->is_object()) {
    refuse(400, code::kParameter, json ? "The body must be a JSON object." : json.error().message);
    return std::nullopt;
  }
  json->erase("source");
  if (contract != nullptr && !contract->body.empty()) {
    if (const auto refusal = check_fields(*json, contract->body)) {
      refuse(*refusal, "request");
      return std::nullopt;
    }
  }
  return std::optional<Json>(std::in_place, std::move(*json));
}

httplib::ContentReceiver Exchange::counted(const BytesSink& sink) {
  return [this, &sink](const char* data, std::size_t size) {
    body_bytes_ += size;
    return sink({data, size});
  };
}

bool Exchange::read_bytes(const BytesSink& sink) {
  if (content_ == nullptr) return true;
  if (std::exchange(body_read_, true)) return false;
  return (*content_)(counted(sink));
}

bool Exchange::read_parts(const PartHeader& header, const BytesSink& sink) {
  if (content_ == nullptr) return true;
  if (std::exchange(body_read_, true)) return false;
  return (*content_)(header, counted(sink));
}

void Exchange::discard_body() {
  if (content_ == nullptr || body_read_) return;
  const int status = response_.status;
  const auto ignore = [](std::string_view) { return true; };
  if (request_.is_multipart_form_data()) {
    read_parts([](const httplib::MultipartFormData&) { return true; }, ignore);
  } else {
    read_bytes(ignore);
  }
  response_.status = status;  // the reader writes its own where a body does not come whole
}

}  // namespace tokprep::sandbox
