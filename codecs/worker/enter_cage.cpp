#include "codecs/worker/enter_cage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/sanitized.h"
#include "codecs/worker/call_filter.h"
#include "codecs/worker/landlock.h"

#if defined(__SANITIZE_ADDRESS__)
/// Its leak checker traces the process from a child of it, which is just what the cage forbids.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

namespace tokprep {
namespace {

// Sockets, scratch files, and the few that a job is about.
constexpr rlim_t kMostOpenFiles = 256;

// Of all threads, in all its life: the supervisor's own limits are far below. For one that it is no longer there to
// end.
constexpr rlim_t kMostProcessorTime_s = rlim_t{7} * 86'400;

constexpr const char* kLimits = "memory, processors' time, files, open files, no core dump";
constexpr const char* kLimitsWithoutMemory =
    "processors' time, files, open files, no core dump; memory is free under a sanitizer";

CageWall wall_of(const char* name, const Status& status, const std::string& made_of) {
  return {name, status.has_value(), status ? made_of : status.error().message};
}

/// $TMPDIR alone is still needed: libvips and the two passes of x264 write there. $TZ spares the C library a look at
/// /etc/localtime.
std::string clear_environment() {
  const char* set = std::getenv("TMPDIR");
  std::string scratch = set == nullptr ? "" : set;
  ::clearenv();
  ::setenv("TZ", "UTC0", 1);
  if (!scratch.empty()) ::setenv("TMPDIR", scratch.c_str(), 1);
  return scratch;
}

/// Where memory runs out, the kernel is to end a worker, whose job is tried again, and not the supervisor. To be said
/// while the process may still write to its own files in /proc; where it cannot be, nothing is lost but the choice.
void offer_to_be_ended_first() {
  constexpr std::string_view kAdjustment = "500";  // as if it had half of all memory more
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const auto written = ::write(file, kAdjustment.data(), kAdjustment.size());
  ::close(file);
}

Status set_limit(int resource, rlim_t most, const char* name) {
  rlimit now{};
  ::getrlimit(static_cast<__rlimit_resource_t>(resource), &now);
  if (now.rlim_max < most) most = now.rlim_max;  // stricter already
  const rlimit limit{most, most};
  if (::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit) == 0) return {};
  return fail(ErrorCode::kInternal, fmt::format("{} cannot be limited: {}", name, std::strerror(errno)), errno);
}

Status enter_limits(const CageOptions& options) {
  std::signal(SIGXFSZ, SIG_IGN);  // writing past the limit is an error like a full disk
  TOKPREP_TRY(set_limit(RLIMIT_CORE, 0, "core dumps"));
  TOKPREP_TRY(set_limit(RLIMIT_FSIZE, options.output_bytes, "files"));
  TOKPREP_TRY(set_limit(RLIMIT_NOFILE, kMostOpenFiles, "open files"));
  TOKPREP_TRY(set_limit(RLIMIT_CPU, kMostProcessorTime_s, "the processors' time"));
  if (!kSanitized) TOKPREP_TRY(set_limit(RLIMIT_DATA, options.memory_bytes, "memory"));
  return {};
}

/// Root, too, is nobody special in here; what was dropped cannot come back; no other process may look in.
Status drop_privileges() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(ErrorCode::kInternal, "no_new_privs", errno);
  if (::syscall(SYS_capset, &header, none.data()) != 0) {
    return fail(ErrorCode::kInternal, fmt::format("capabilities: {}", std::strerror(errno)), errno);
  }
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail(ErrorCode::kInternal, "dumpable", errno);
  return {};
}

CageWall enter_files(const std::string& scratch) {
  OpenPlaces places;
  // Where libraries look for the number of cores when a codec starts its threads.
  places.readable_files = {"/sys/devices/system/cpu/online", "/sys/devices/system/cpu/possible"};
  if (kSanitized) places.readable_files.emplace_back("/proc/self");  // maps, for a report
  places.writable_folder = scratch;
  const Result<int> version = enter_landlock(places);
  return {"files", version.has_value(),
          version ? fmt::format("Landlock {}; by name only the scratch folder", *version) : version.error().message};
}

template <class T>
bool read_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<CageOptions> cage_options_of(std::span<char* const> arguments) {
  CageOptions options;
  for (const std::string_view word : arguments) {
    const std::string_view value = word.substr(std::min(word.size(), word.find('=') + 1));
    bool good = false;
    if (word.starts_with("--cage=")) {
      const auto mode = enum_from<CageMode>(value);
      good = mode.has_value();
      options.mode = mode.value_or(options.mode);
    }
    if (word.starts_with("--memory-bytes=")) good = read_number(value, options.memory_bytes);
    if (word.starts_with("--output-bytes=")) good = read_number(value, options.output_bytes);
    if (!good) return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is nothing a worker knows", word));
  }
  return options;
}

CageReport enter_cage(const CageOptions& options) {
  CageReport report;
  report.mode = options.mode;
  offer_to_be_ended_first();
  const std::string scratch = clear_environment();
  const Status limits = enter_limits(options);
  if (options.mode == CageMode::kOff) return report;
  report.walls.push_back(wall_of("limits", limits, kSanitized ? kLimitsWithoutMemory : kLimits));
  report.walls.push_back(wall_of("privileges", drop_privileges(), "none, and none to be had"));
  report.walls.push_back(enter_files(scratch));
  report.walls.push_back(wall_of("calls", enter_call_filter(), "a list of system calls; no sockets, no programs"));
  return report;
}

}  // namespace tokprep
