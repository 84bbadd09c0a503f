#pragma once

#include <httplib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "upload/sandbox/contract.h"

namespace tokprep::sandbox {

/// One request and its answer. The body is read by the handler, once, or thrown away at the end: a socket closed
/// over unread bytes is reset, and the client would lose the answer with it.
class Exchange {
 public:
  using BytesSink = std::function<bool(std::string_view bytes)>;
  using PartHeader = std::function<bool(const httplib::MultipartFormData& part)>;

  /// `content` is nullptr where there is no body, which reads as an empty one. All three must outlive the exchange.
  Exchange(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader* content)
      : request_(request), response_(response), content_(content) {}

  [[nodiscard]] const httplib::Request& request() const { return request_; }
  [[nodiscard]] httplib::Response& response() { return response_; }
  [[nodiscard]] std::string header(const std::string& name) const { return request_.get_header_value(name); }

  /// Posts that the history does not show yet: younger than `age_ms`, or looked for less than `looks` times.
  struct Lag {
    std::int64_t age_ms = 0;
    int looks = 0;
  };

  std::string tail;                    ///< what stands for the `*` of the route
  std::string profile;                 ///< tells profiles apart without their keys; empty: the primary one
  const Contract* contract = nullptr;  ///< of the route; nullptr where there is none
  bool unguarded = false;              ///< a fault: duplicates are not seen
  Lag lag;                             ///< a fault

  void reply(int status, const Json& body);

  /// The flat error form of every endpoint but POST /post. Code 101 is a slip of the client's: it is noted.
  void refuse(int status, int code, std::string message, std::string_view action = "request");

  /// HTTP 400 for a request that was understood.
  void refuse(const Refusal& refusal, std::string_view action);

  /// The body as a JSON object that keeps the contract, without the `source` of SDKs. Where it is none, or is longer
  /// than `limit_bytes`, the refusal has been sent.
  std::optional<Json> json_body(std::size_t limit_bytes);

  /// What the client must not have sent, in a sentence.
  void note_violation(std::string sentence) { violations_.push_back(std::move(sentence)); }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  /// Hands the body on piece by piece. False when it did not come whole.
  bool read_bytes(const BytesSink& sink);

  /// A multipart form, part by part: `header` begins one, `sink` gets its bytes. False when it did not come whole.
  bool read_parts(const PartHeader& header, const BytesSink& sink);

  /// Reads what nobody has read.
  void discard_body();

  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  void reply_flat(int status, int code, std::string message, std::string_view action);
  bool read_text(std::size_t limit_bytes, std::string& text);
  httplib::ContentReceiver counted(const BytesSink& sink);

  const httplib::Request& request_;
  httplib::Response& response_;
  const httplib::ContentReader* content_;
  std::vector<std::string> violations_;
  bool body_read_ = false;
  std::uint64_t body_bytes_ = 0;
};

}  // namespace tokprep::sandbox
