#include "tests/faults/session.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace tokprep::faults {
namespace {

struct ProcessFacts {
  char state = 'X';
  pid_t session = 0;
};

/// Read by hand: of a process that goes meanwhile a stream throws.
std::string stat_of(const std::filesystem::path& process) {
  const FileDescriptor file(::open((process / "stat").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text{};
  const ssize_t got = file.valid() ? ::read(file.get(), text.data(), text.size()) : -1;
  return got > 0 ? std::string(text.data(), static_cast<std::size_t>(got)) : std::string();
}

/// proc(5), "stat": number, (name), state, parent, group, session. The name may hold anything, also brackets.
ProcessFacts facts_of(const std::string& stat) {
  ProcessFacts facts;
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return facts;
  std::istringstream fields(stat.substr(name_end + 1));
  pid_t parent = 0;
  pid_t group = 0;
  fields >> facts.state >> parent >> group >> facts.session;
  return facts;
}

}  // namespace

std::vector<pid_t> others_of_session(pid_t leader) {
  std::vector<pid_t> found;
  std::error_code ignored;  // processes come and go meanwhile
  for (std::filesystem::directory_iterator entry("/proc", ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename();
    pid_t pid = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || rest != name.data() + name.size() || pid == leader) continue;
    const ProcessFacts facts = facts_of(stat_of(entry->path()));
    const bool runs = facts.state != 'Z' && facts.state != 'X';
    if (runs && facts.session == leader) found.push_back(pid);
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace tokprep::faults
