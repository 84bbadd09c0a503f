#include "tests/hostile/reports.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <system_error>
#include <utility>

namespace tokprep::hostile {
namespace {

namespace fs = std::filesystem;

// "#1 0x55d0 in tokprep::read_box(…) /src/codecs/mp4/box.cpp:40" and "#2 0x7f01 in vips_copy (/lib/libvips.so.42+0x12)"
const std::regex kFrame(R"(^\s*#\d+ 0x[0-9a-f]+\s+(?:in (.*) )?(\S+)$)");
const std::regex kAddressReport(R"(^==\d+==\s?ERROR: (.*)$)");
const std::regex kMemoryReport(R"(^==\d+==\s?(HARD RSS LIMIT EXHAUSTED|.*soft rss limit exhausted).*$)");
const std::regex kUndefinedReport(R"(^(\S+:\d+:\d+): (runtime error: .*)$)");
const std::regex kAddresses(R"( ?(\(?(pc|bp|sp|T\d+)\b[^)]*\)?|0x[0-9a-f]+))");

bool holds_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

struct Frame {
  std::string function, file;
};

bool is_plumbing(const Frame& frame) {
  return holds_one_of(frame.file, {"libsanitizer", "libasan", "libubsan", "/libc.so", "/libstdc++.so", "/ld-linux",
                                   "/libm.so", "/usr/include/", "../sysdeps/", "/nptl/", "compiler-rt"}) ||
         holds_one_of(frame.function, {"__interceptor_", "__asan_", "__sanitizer"});
}

bool is_ours(const Frame& frame) {
  return holds_one_of(frame.function, {"tokprep::"}) ||
         holds_one_of(frame.file, {"/codecs/", "/base/", "/pipeline/", "tokprep-av-worker", "tokprep-image-worker"}) ||
         frame.file.starts_with("codecs/") || frame.file.starts_with("base/");
}

std::string place_of(const Frame& frame) {
  if (!frame.file.starts_with("(")) return frame.function + " " + frame.file;
  const std::string module = frame.file.substr(1, frame.file.find('+') - 1);  // "(/lib/libvips.so.42+0x12)"
  return fs::path(module).filename().string() + (frame.function.empty() ? "" : " " + frame.function);
}

/// A report is open until its stack ends; the frames of further stacks (who freed it, who allocated it) are passed by.
class Reader {
 public:
  void take(const std::string& line) {
    std::smatch match;
    if (std::regex_match(line, match, kAddressReport) || std::regex_match(line, match, kMemoryReport)) {
      begin(match[1].str());
    } else if (std::regex_match(line, match, kUndefinedReport)) {
      begin(match[2].str());
      settle({"", match[1].str()});
    } else if (open_ && std::regex_match(line, match, kFrame)) {
      settle({match[1].str(), match[2].str()});
    } else if (open_ && in_stack_ && line.empty()) {
      open_ = false;
    }
  }

  std::vector<Report> reports;

 private:
  void begin(const std::string& what) {
    reports.push_back({std::regex_replace(what, kAddresses, ""), "", false});
    open_ = true;
    in_stack_ = false;
  }

  void settle(const Frame& frame) {
    in_stack_ = true;
    if (is_plumbing(frame)) return;
    reports.back().where = place_of(frame);
    reports.back().ours = is_ours(frame);
    open_ = false;
  }

  bool open_ = false;      // its place is still looked for
  bool in_stack_ = false;  // a frame was seen
};

}  // namespace

std::vector<Report> find_reports(std::string_view text) {
  Reader reader;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    constexpr std::size_t kLongestLine = 2000;  // regular expressions recurse
    reader.take(line.substr(0, kLongestLine));
  }
  return std::move(reader.reports);
}

WorkerLog::WorkerLog(fs::path file)
    : file_(std::move(file)), before_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) {
  const FileDescriptor log(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  ::dup2(log.get(), STDERR_FILENO);
}

WorkerLog::~WorkerLog() { ::dup2(before_.get(), STDERR_FILENO); }

std::uintmax_t WorkerLog::size_bytes() const {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file_, error);
  return error ? 0 : size;
}

std::string WorkerLog::text_from(std::uintmax_t offset) const {
  std::ifstream stream(file_, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace tokprep::hostile
