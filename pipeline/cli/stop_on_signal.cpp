#include "pipeline/cli/stop_on_signal.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/file_descriptor.h"

namespace tokprep::cli {
namespace {

// What handlers may touch: an async-signal-safe write of the signal's number to a pipe that a thread reads, and a
// clock.
std::atomic<int> g_pipe{-1};
std::atomic<std::int64_t> g_stop_asked_ms{0};

// timeout(1) sends its signal twice, to the program and to its group, and nobody presses Ctrl-C twice as fast.
constexpr std::int64_t kOneSignalMs = 200;

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void tell(int number) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(number);
  // A full or closed pipe means that the stop is known already.
  [[maybe_unused]] const auto written = ::write(g_pipe.load(), &byte, 1);
  errno = saved;
}

/// The first asks for a stop; any second one, of whatever kind, ends the process as it would without us.
void on_stop(int number) {
  std::int64_t asked_ms = 0;
  const std::int64_t now = now_ms();
  if (g_stop_asked_ms.compare_exchange_strong(asked_ms, now)) {
    tell(number);
  } else if (now - asked_ms >= kOneSignalMs) {
    ::signal(number, SIG_DFL);
    ::raise(number);  // delivered once this handler returns
  }
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(number, &action, nullptr);
}

constexpr bool asks_for_stop(int number) { return number == SIGINT || number == SIGTERM || number == SIGHUP; }

/// True where the parent had the signal ignored (nohup, a shell without job control): it stays so.
bool is_ignored(int number) {
  struct sigaction now {};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

class StopOnSignal::Watcher {
 public:
  Watcher() {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;  // without it a signal ends us at once
    read_end_ = FileDescriptor(ends[0]);
    write_end_ = FileDescriptor(ends[1]);
    g_pipe = write_end_.get();
    g_stop_asked_ms = 0;
    thread_ = std::thread([this] { watch(); });
    handle(SIGINT, on_stop);
    handle(SIGTERM, on_stop);
    stops_on_hangup_ = !is_ignored(SIGHUP);
    if (stops_on_hangup_) handle(SIGHUP, on_stop);
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() {
    if (!thread_.joinable()) return;
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    if (stops_on_hangup_) ::signal(SIGHUP, SIG_DFL);
    const unsigned char end = 0;
    [[maybe_unused]] const auto written = ::write(write_end_.get(), &end, 1);
    thread_.join();
  }

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  [[nodiscard]] int number() const { return number_; }

  Guard add(int number, std::function<void()> action) {
    if (!thread_.joinable() || is_ignored(number)) return nullptr;
    {
      const std::lock_guard lock(mutex_);
      actions_[number] = std::move(action);
    }
    handle(number, tell);
    return {this, [number](Watcher* watcher) { watcher->remove(number); }};
  }

 private:
  void remove(int number) {
    if (number == SIGHUP) handle(number, on_stop);
    else ::signal(number, SIG_DFL);
    const std::lock_guard lock(mutex_);
    actions_.erase(number);
  }

  void watch() {
    while (true) {
      unsigned char byte = 0;
      const ssize_t got = ::read(read_end_.get(), &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got != 1 || byte == 0) return;
      {
        const std::lock_guard lock(mutex_);
        if (const auto action = actions_.find(byte); action != actions_.end()) {
          action->second();
          continue;
        }
      }
      if (!asks_for_stop(byte)) continue;
      number_ = byte;
      stop_.request_stop();
    }
  }

  FileDescriptor read_end_;
  FileDescriptor write_end_;
  std::stop_source stop_;
  std::atomic<int> number_{0};
  bool stops_on_hangup_ = false;
  std::mutex mutex_;
  std::map<int, std::function<void()>> actions_;
  std::thread thread_;
};

StopOnSignal::StopOnSignal() : watcher_(std::make_unique<Watcher>()) {}
StopOnSignal::~StopOnSignal() = default;

std::stop_token StopOnSignal::token() const { return watcher_->token(); }

int StopOnSignal::exit_code(int code) const {
  const int number = watcher_->number();
  return number != 0 && code != 0 ? 128 + number : code;
}

StopOnSignal::Guard StopOnSignal::on_suspend(std::function<void()> before, std::function<void()> after) const {
  return watcher_->add(SIGTSTP, [before = std::move(before), after = std::move(after)] {
    before();
    ::signal(SIGTSTP, SIG_DFL);
    ::raise(SIGTSTP);  // here the whole process stands still until SIGCONT
    handle(SIGTSTP, tell);
    after();
  });
}

StopOnSignal::Guard StopOnSignal::on_hangup(std::function<void()> action) const {
  return watcher_->add(SIGHUP, std::move(action));
}

}  // namespace tokprep::cli
