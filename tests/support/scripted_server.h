#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"

namespace tokprep::test {

struct RecordedRequest {
  std::string method;
  std::string target;                          ///< path and query
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  int connection = 0;  ///< counts the connections: equal where one was kept

  [[nodiscard]] std::string header(const std::string& name) const;  ///< empty where there is none
};

struct ScriptedReply {
  int status = 200;
  std::string body = "{}";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::chrono::milliseconds delay{0};
  enum class Answer { kWhole, kNone, kHalf } answer = Answer::kWhole;  ///< kNone, kHalf: then the connection is cut
  std::optional<std::size_t> cut_after_body_bytes = {};  ///< cuts the connection while the request comes in
};

/// An HTTP server on loopback that answers as the test wrote it down, and keeps what it was asked. Thread-safe.
class ScriptedServer {
 public:
  ScriptedServer();
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:41234"

  /// Answers `call` ("POST /api/post", without the query) in this order; the last answer stays. Anything else is
  /// answered by 404.
  void on(const std::string& call, std::vector<ScriptedReply> replies);

  /// Requests that came in, whether or not they were answered; those of one call where it is named.
  [[nodiscard]] std::vector<RecordedRequest> requests(const std::string& call = "") const;

 private:
  void accept_connections();
  void serve(int fd, int connection);
  bool answer(int fd, const ScriptedReply& reply);
  ScriptedReply next_reply(const std::string& call);

  FileDescriptor listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable stopping_changed_;
  bool stopping_ = false;
  std::map<std::string, std::vector<ScriptedReply>> script_;
  std::vector<RecordedRequest> requests_;
  std::vector<int> open_fds_;
  std::list<std::jthread> connections_;
  std::jthread acceptor_;  // last: joined before what it uses goes
};

}  // namespace tokprep::test
