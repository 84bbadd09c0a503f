#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.h"

namespace tokprep::test {
namespace {

constexpr char kTlsGreeting = '\x16';  // not spoken here: the connection is closed

/// More bytes into `buffer`; false once the other side is gone.
bool receive(int fd, std::string& buffer) {
  std::array<char, 65536> chunk;
  const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
  if (got > 0) buffer.append(chunk.data(), static_cast<std::size_t>(got));
  return got > 0;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Request line and headers, up to the empty line.
RecordedRequest parse_head(std::string_view head) {
  RecordedRequest request;
  const std::string_view first = head.substr(0, head.find("\r\n"));
  request.method = first.substr(0, first.find(' '));
  const std::string_view rest = first.substr(request.method.size() + 1);
  request.target = rest.substr(0, rest.find(' '));
  head.remove_prefix(std::min(first.size() + 2, head.size()));
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      std::string_view value = line.substr(colon + 1);
      value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
      request.headers[to_lower(line.substr(0, colon))] = value;
    }
    head.remove_prefix(std::min(line.size() + 2, head.size()));
  }
  return request;
}

std::string call_of(const RecordedRequest& request) {
  return request.method + " " + request.target.substr(0, request.target.find('?'));
}

}  // namespace

std::string RecordedRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found != headers.end() ? found->second : std::string();
}

ScriptedServer::ScriptedServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), any, length) != 0 || ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), any, &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_connections(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (const int fd : open_fds_) ::shutdown(fd, SHUT_RDWR);
  }
  stopping_changed_.notify_all();
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
}

std::string ScriptedServer::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

void ScriptedServer::on(const std::string& call, std::vector<ScriptedReply> replies) {
  const std::scoped_lock lock(mutex_);
  script_[call] = std::move(replies);
}

std::vector<RecordedRequest> ScriptedServer::requests(const std::string& call) const {
  const std::scoped_lock lock(mutex_);
  std::vector<RecordedRequest> found;
  std::ranges::copy_if(requests_, std::back_inserter(found),
                       [&](const RecordedRequest& request) { return call.empty() || call_of(request) == call; });
  return found;
}

ScriptedReply ScriptedServer::next_reply(const std::string& call) {
  const std::scoped_lock lock(mutex_);
  auto& replies = script_[call];
  if (replies.empty()) return {.status = 404, .body = "not in the script"};
  ScriptedReply reply = replies.front();
  if (replies.size() > 1) replies.erase(replies.begin());
  return reply;
}

void ScriptedServer::accept_connections() {
  for (int connection = 1;; ++connection) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    const std::scoped_lock lock(mutex_);
    if (fd < 0 || stopping_) {
      if (fd >= 0) ::close(fd);
      return;
    }
    open_fds_.push_back(fd);
    connections_.emplace_back([this, fd, connection] {
      serve(fd, connection);
      const std::scoped_lock closing(mutex_);
      std::erase(open_fds_, fd);
      ::close(fd);
    });
  }
}

void ScriptedServer::serve(int fd, int connection) {
  std::string buffer;
  for (bool keep = true; keep;) {
    std::size_t head_end = std::string::npos;
    while ((head_end = buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!receive(fd, buffer) || buffer.front() == kTlsGreeting) return;
    }
    RecordedRequest request = parse_head(std::string_view(buffer).substr(0, head_end));
    request.connection = connection;
    buffer.erase(0, head_end + 4);
    const ScriptedReply reply = next_reply(call_of(request));
    const std::size_t length = std::strtoull(request.header("content-length").c_str(), nullptr, 10);
    const std::size_t wanted = std::min(length, reply.cut_after_body_bytes.value_or(length));
    while (buffer.size() < wanted && receive(fd, buffer)) {
    }
    request.body = buffer.substr(0, wanted);
    buffer.erase(0, wanted);
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(std::move(request));
    }
    keep = !reply.cut_after_body_bytes && answer(fd, reply);
  }
}

bool ScriptedServer::answer(int fd, const ScriptedReply& reply) {
  {
    std::unique_lock lock(mutex_);
    if (stopping_changed_.wait_for(lock, reply.delay, [this] { return stopping_; })) return false;
  }
  if (reply.answer == ScriptedReply::Answer::kNone) return false;
  std::string text = fmt::format("HTTP/1.1 {} Scripted\r\nContent-Length: {}\r\n", reply.status, reply.body.size());
  for (const auto& [name, value] : reply.headers) text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n";
  const bool half = reply.answer == ScriptedReply::Answer::kHalf;
  text += half ? reply.body.substr(0, reply.body.size() / 2) : reply.body;
  return send_all(fd, text) && !half;
}

}  // namespace tokprep::test
