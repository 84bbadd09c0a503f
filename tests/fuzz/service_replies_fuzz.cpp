// An answer of the service, as it comes over the wire: the status, lines of a head, an empty line, the body.
#include <algorithm>

#include "base/json.h"
#include "tests/fuzz/fuzz.h"
#include "upload/ayrshare/account_info.h"
#include "upload/ayrshare/rate_window.h"
#include "upload/ayrshare/replies.h"
#include "upload/http_answer.h"
#include "upload/retry.h"
#include "upload/url.h"

namespace tokprep {
namespace {

HttpResponse response_of(std::string_view text) {
  HttpResponse response;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    note_header_line(line, response);
  }
  if (response.headers.contains("x-status")) response.status = std::atoi(response.headers["x-status"].c_str());
  response.body = text;
  return response;
}

void take_times(const HttpResponse& response) {
  const Clock::TimePoint now{std::chrono::seconds(1'790'000'000)};
  RateWindow window;
  window.note(response, now);
  const auto wait = window.wait(now);
  fuzz::require(!wait || wait->count() >= 0, "a wait is not negative");
  const auto header = response.headers.find("retry-after");
  if (header == response.headers.end()) return;
  const auto asked = parse_retry_after(header->second, now);
  fuzz::require(!asked || asked->count() >= 0, "Retry-After is not negative");
}

}  // namespace
}  // namespace tokprep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  const HttpResponse response = response_of(fuzz::text_of(data, size));
  take_times(response);
  const Json body = body_of(response);
  (void)service_errors(body);
  if (const auto failure = failure_of(response, body, "POST /post"))
    fuzz::require(!failure->message.empty(), "a failure says what");
  const PostRecord post = parse_post(body);
  (void)to_line(Json(post));
  for (const std::string& url : post.media_urls) (void)shown_url(url);
  (void)host_of(post.url);
  (void)parse_account(body);
  for (const char* name : {"id", "status", "code", "size", "created", "scheduleDate"}) {
    (void)text_member(body, name);
    (void)number_member(body, name);
    (void)count_member(body, name);
    (void)date_member(body, name);
  }
  const Json* entries = body.is_object() && body.contains("history") ? &body["history"] : nullptr;
  if (entries != nullptr && entries->is_array()) {
    for (const Json& entry : *entries) (void)to_line(Json(parse_post(entry)));
  }
  return 0;
}
