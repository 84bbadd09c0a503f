#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <grp.h>
#include <array>
#include <cerrno>
#include <exception>
#include <string>

#include "base/file_descriptor.h"

namespace tokprep::test {

/// Runs `body` in a forked copy of the test, where it may change user or mounts, and returns the text it gave back;
/// a text of its own where the copy ended in any other way.
template <class Body>
std::string in_child(Body body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return "no fork";
  if (pid == 0) {
    int code = 1;
    try {
      const std::string text = body();
      code = ::write(write_end.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
    } catch (const std::exception&) {
    }
    ::_exit(code);  // nothing of the test's own is torn down twice
  }
  write_end.reset();
  std::string text;
  std::array<char, 4096> chunk{};
  for (ssize_t got = 0; (got = ::read(read_end.get(), chunk.data(), chunk.size())) > 0;) {
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0 ? text : "the child failed with status " + std::to_string(status);
}

/// Gives up root's right to read and write everything; without that right there is nothing to give up.
inline bool become_nobody() {
  constexpr unsigned kNobody = 65534;
  if (::geteuid() != 0) return true;
  return ::setgroups(0, nullptr) == 0 && ::setgid(kNobody) == 0 && ::setuid(kNobody) == 0;
}

}  // namespace tokprep::test
