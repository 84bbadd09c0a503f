// usage: tokprep_sink_server
// The other end of the upload benches: speaks just enough of the service's upload calls, reads what it is sent and
// forgets it, so that the clients are measured and not the server's disk or digests. Prints its port; then a line for
// each file: "METHOD BYTES MICROSECONDS", from the request's first byte to its last.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kHeadMaxBytes = 65'536;
constexpr int kBacklog = 256;

struct Head {
  std::string method, path;
  std::uint64_t body_bytes = 0;
  bool expects_continue = false;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return result;
}

Head parse(const std::string& text) {
  Head head;
  const auto first = text.find(' ');
  const auto second = text.find(' ', first + 1);
  head.method = text.substr(0, first);
  head.path = text.substr(first + 1, second - first - 1);
  const std::string headers = lower(text);
  constexpr std::string_view kLength = "\r\ncontent-length: ";
  if (const auto at = headers.find(kLength); at != std::string::npos) {
    const char* begin = headers.data() + at + kLength.size();
    std::from_chars(begin, headers.data() + headers.size(), head.body_bytes);
  }
  head.expects_continue = headers.find("\r\nexpect: 100-continue") != std::string::npos;
  return head;
}

/// One connection: requests one after the other, until the client hangs up.
class Connection {
 public:
  Connection(int fd, std::string origin) : fd_(fd), origin_(std::move(origin)), buffer_(kBufferBytes) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(fd_); }

  void serve() {
    while (take_request()) {
    }
  }

 private:
  bool take_request() {
    if (pending_.empty() && !receive_head_bytes()) return false;
    const auto began = Steady::now();
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (pending_.size() > kHeadMaxBytes || !receive_head_bytes()) return false;
    }
    const Head head = parse(pending_.substr(0, end + 2));
    pending_.erase(0, end + 4);
    if (head.expects_continue && pending_.empty() && !send("HTTP/1.1 100 Continue\r\n\r\n")) return false;
    if (!swallow(head.body_bytes)) return false;
    note(head, Steady::now() - began);
    return answer(head);
  }

  bool receive_head_bytes() {
    const auto got = ::recv(fd_, buffer_.data(), kHeadMaxBytes, 0);
    if (got > 0) pending_.append(buffer_.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  bool swallow(std::uint64_t left) {
    const auto here = std::min<std::uint64_t>(left, pending_.size());
    pending_.erase(0, here);
    for (left -= here; left > 0;) {
      const auto got = ::recv(fd_, buffer_.data(), std::min<std::uint64_t>(left, buffer_.size()), 0);
      if (got <= 0) return false;
      left -= static_cast<std::uint64_t>(got);
    }
    return true;
  }

  static void note(const Head& head, Steady::duration spent) {
    if (head.method == "PUT" || head.path == "/api/media/upload") {
      std::printf("%s %llu %lld\n", head.method.c_str(), static_cast<unsigned long long>(head.body_bytes),
                  static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count()));
      std::fflush(stdout);
    }
  }

  [[nodiscard]] std::string body_for(const Head& head) const {
    if (head.path.starts_with("/api/media/uploadUrl")) {
      return R"({"accessUrl":")" + origin_ + R"(/media/a.mp4","contentType":"video/mp4","uploadUrl":")" + origin_ +
             R"(/put"})";
    }
    if (head.path == "/api/media/upload") {
      return R"({"id":"a","url":")" + origin_ + R"(/media/a.jpg","fileName":"a.jpg"})";
    }
    if (head.path == "/api/media/urlExists") {
      return R"({"status":"success","statusCode":200,"contentType":"image/jpeg"})";
    }
    return "{}";
  }

  bool answer(const Head& head) {
    const std::string body = body_for(head);
    return send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
  }

  [[nodiscard]] bool send(const std::string& text) const {
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  int fd_;
  std::string origin_;
  std::vector<char> buffer_;
  std::string pending_;  // came with what was asked for
};

}  // namespace

int main() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, name, size) != 0 || ::listen(listener, kBacklog) != 0 ||
      ::getsockname(listener, name, &size) != 0) {
    std::perror("tokprep_sink_server");
    return 1;
  }
  const std::string port = std::to_string(ntohs(address.sin_port));
  std::printf("%s\n", port.c_str());
  std::fflush(stdout);
  for (;;) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    std::thread([fd, port] { Connection(fd, "http://127.0.0.1:" + port).serve(); }).detach();
  }
}
