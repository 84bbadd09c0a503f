// A webhook: its body, and its headers as strangers may send them (lines, up to an empty one).
#include <algorithm>

#include "base/json.h"
#include "tests/fuzz/fuzz.h"
#include "upload/ayrshare/webhook.h"
#include "upload/http_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  std::string_view text = fuzz::text_of(data, size);
  HttpResponse request;  // heads are read alike
  while (!text.empty() && !text.starts_with('\n')) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    note_header_line(text.substr(0, end), request);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty()) text.remove_prefix(1);
  static const WebhookTrust trust{{Secret("only the service knows this one")}};
  const Status verified =
      verify_webhook(text, request.headers, trust, Clock::TimePoint{std::chrono::seconds(1'790'000'000)});
  fuzz::require(!verified, "nobody signs without the secret");
  const auto event = parse_webhook(text);
  if (!event) return 0;
  fuzz::require(!event->key.empty(), "every event has a key");
  (void)to_line(Json(event->post));
  return 0;
}
