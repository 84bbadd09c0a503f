#include "pipeline/cli/stop_on_signal.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

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

enum class Times { kOnce, kEachTime };

void handle(int number, Times times) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  if (times == Times::kOnce) action.sa_flags |= static_cast<int>(SA_RESETHAND);  // the second one ends us
  ::sigaction(number, &action, nullptr);
}

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
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;  // without it a signal ends us at once
    read_end_ = FileDescriptor(ends[0]);
    write_end_ = FileDescriptor(ends[1]);
    g_pipe = write_end_.get();
    thread_ = std::thread([this] { watch(); });
    handle(SIGINT, Times::kOnce);
    handle(SIGTERM, Times::kOnce);
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

  Guard add(int number, std::function<void()> action) {
    if (!thread_.joinable() || is_ignored(number)) return nullptr;
    {
      const std::lock_guard lock(mutex_);
      actions_[number] = std::move(action);
    }
    handle(number, Times::kEachTime);
    return {this, [number](Watcher* watcher) { watcher->remove(number); }};
  }

 private:
  void remove(int number) {
    ::signal(number, SIG_DFL);
    const std::lock_guard lock(mutex_);
    actions_.erase(number);
  }

  void watch() {
    while (true) {
      unsigned char byte = 0;
      const ssize_t got = ::read(read_end_.get(), &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got != 1 || byte == 0) return;
      if (byte == SIGINT || byte == SIGTERM) {
        if (number_ == 0) number_ = byte;
        stop_.request_stop();
        continue;
      }
      const std::lock_guard lock(mutex_);
      if (const auto action = actions_.find(byte); action != actions_.end()) action->second();
    }
  }

  FileDescriptor read_end_;
  FileDescriptor write_end_;
  std::stop_source stop_;
  std::atomic<int> number_{0};
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
    handle(SIGTSTP, Times::kEachTime);
    after();
  });
}

StopOnSignal::Guard StopOnSignal::on_hangup(std::function<void()> action) const {
  return watcher_->add(SIGHUP, std::move(action));
}

}  // namespace tokprep::cli
