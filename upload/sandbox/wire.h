#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/file_descriptor.h"

namespace tokprep::sandbox {

/// Wakes everybody who waits on a socket, once and for all.
class StopSignal {
 public:
  StopSignal();
  void raise() const;
  [[nodiscard]] bool raised() const;

  /// Waits until `fd` has one of `events` (true), or the time is up, or the stop is raised (false).
  [[nodiscard]] bool wait(int fd, short events, std::chrono::milliseconds at_most) const;

  /// Sleeps in real time; false when the stop is raised meanwhile.
  [[nodiscard]] bool sleep(std::chrono::milliseconds duration) const;

 private:
  FileDescriptor event_;
};

/// How one answer travels; by itself: at once and whole.
struct Travel {
  std::chrono::milliseconds hold{0};                           ///< silence before its first byte
  bool lost = false;                                           ///< after the silence the connection ends without a byte
  std::optional<std::size_t> body_limit_bytes = std::nullopt;  ///< the connection ends after so much of the body
  std::size_t piece_bytes = 0;                                 ///< 0: in one piece
  std::chrono::milliseconds piece_every{0};
  bool reset = true;  ///< a connection that ends does so by RST; else by FIN
};

/// One accepted connection, as httplib reads and writes it, with the places where it can be made to fail. Used by
/// one thread. Waiting is in real time: it is the client's patience that is tried, not the book's dates.
class Wire final : public httplib::Stream {
 public:
  static constexpr std::chrono::milliseconds kPatience{5000};  ///< for one read or write to get on

  /// Takes the socket.
  Wire(int socket, const StopSignal& stop);
  ~Wire() override;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// The connection this thread serves: httplib shows its stream to no handler. nullptr on other threads.
  static Wire* of_this_thread();

  /// True when a request begins to come in; false where none comes in time, or the client has hung up.
  bool wait_for_request(std::chrono::milliseconds at_most);

  /// The connection ends after the answer: nobody knows where the next request would begin.
  void close_after_answer() { last_ = true; }
  [[nodiscard]] bool ends() const { return last_ || cut_; }

  /// From here on `bytes` more are read; at the next the connection is cut.
  void stop_reading_after(std::size_t bytes) { readable_bytes_ = bytes; }

  /// For the answer that is written next.
  void let_travel(const Travel& travel) { travel_ = travel; }

  /// Nothing more is read or written.
  void cut(bool reset);

  [[nodiscard]] const StopSignal& stop() const { return stop_; }

  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  ssize_t read(char* into, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_.get(); }

 private:
  bool fill();
  bool send_all(const char* bytes, std::size_t size);
  bool send_in_pieces(const char* bytes, std::size_t size);
  [[nodiscard]] std::size_t sendable(const char* bytes, std::size_t size);

  FileDescriptor socket_;
  const StopSignal& stop_;
  std::array<char, std::size_t{1} << 16> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what has come and was not asked for
  std::optional<std::size_t> readable_bytes_;
  std::optional<Travel> travel_;
  bool answering_ = false;  // the first byte of the answer is out
  bool in_body_ = false;    // and its head as well
  bool last_ = false;
  bool cut_ = false;
};

}  // namespace tokprep::sandbox
