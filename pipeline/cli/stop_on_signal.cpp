#include "pipeline/cli/stop_on_signal.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include "base/file_descriptor.h"

namespace tokprep::cli {
namespace {

// What a handler may touch: an async-signal-safe write of the signal's number to a pipe that a thread reads.
std::atomic<int> g_pipe{-1};

void on_signal(int number) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(number);
  // A full or closed pipe means that the stop is known already.
  [[maybe_unused]] const auto written = ::write(g_pipe.load(), &byte, 1);
  errno = saved;
}

void handle(int number) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);  // the second one ends us
  ::sigaction(number, &action, nullptr);
}

}  // namespace

class StopOnSignal::Watcher {
 public:
  Watcher() {
    ::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;  // without it a signal ends us at once
    read_end_ = FileDescriptor(ends[0]);
    write_end_ = FileDescriptor(ends[1]);
    g_pipe = write_end_.get();
    thread_ = std::thread([this] { watch(); });
    handle(SIGINT);
    handle(SIGTERM);
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() {
    if (!thread_.joinable()) return;
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    const unsigned char end = 0;
    [[maybe_unused]] const auto written = ::write(write_end_.get(), &end, 1);
    thread_.join();
  }

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  [[nodiscard]] int number() const { return number_; }

 private:
  void watch() {
    unsigned char byte = 0;
    ssize_t got = 0;
    do {
      got = ::read(read_end_.get(), &byte, 1);
    } while (got < 0 && errno == EINTR);
    if (got != 1 || byte == 0) return;
    number_ = byte;
    stop_.request_stop();
  }

  FileDescriptor read_end_;
  FileDescriptor write_end_;
  std::stop_source stop_;
  std::atomic<int> number_{0};
  std::thread thread_;
};

StopOnSignal::StopOnSignal() : watcher_(std::make_unique<Watcher>()) {}
StopOnSignal::~StopOnSignal() = default;

std::stop_token StopOnSignal::token() const { return watcher_->token(); }

int StopOnSignal::exit_code(int code) const {
  const int number = watcher_->number();
  return number != 0 && code != 0 ? 128 + number : code;
}

}  // namespace tokprep::cli
