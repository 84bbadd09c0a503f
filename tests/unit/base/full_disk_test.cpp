#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "base/pending_file.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/base/in_child.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoMount = "cannot mount a small tmpfs here: ";

/// Runs `body` in a child of its own mount namespace, with a file system of 64 KiB at `folder`.
std::string on_small_disk(const fs::path& folder, const std::function<std::string()>& body) {
  return test::in_child([&] {
    const bool mounted = ::unshare(CLONE_NEWNS) == 0 &&
                         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         ::mount("none", folder.c_str(), "tmpfs", 0, "size=64k") == 0;
    return mounted ? body() : std::string(kNoMount) + std::strerror(errno);
  });
}

std::string told(const Status& status) {
  if (status) return "written";
  const Error& error = status.error();
  return std::string(to_string(error.code)) + " " + std::to_string(error.native) + " " + error.file + " " + error.fix;
}

/// Status of a write, then what is left of the old target and of the part.
std::string attempt(const fs::path& target, const std::function<Status(PendingFile&)>& fill) {
  if (!write_file(target, "old")) return "the disk was full from the start";
  std::string seen;
  {
    auto file = PendingFile::create(target);
    if (!file) return "not created";
    seen = told(fill(*file));
  }
  const auto kept = read_text_file(target);
  const bool part_left = fs::exists(target.parent_path() / ("." + target.filename().string() + ".part"));
  return seen + "; target: " + kept.value_or("gone") + (part_left ? "; a part is left" : "; no part is left");
}

std::string expected(const fs::path& target) {
  return "no_space " + std::to_string(ENOSPC) + " " + target.string() +
         " free some space on that disk and run again; target: old; no part is left";
}

TEST(FullDisk, IsToldWhileWritingAndTheTargetIsAsItWas) {
  const test::TempFolder folder;
  const fs::path target = folder.path() / "beach.mp4";
  const std::string seen = on_small_disk(folder.path(), [&] {
    return attempt(target, [](PendingFile& file) { return file.write(std::string(1 << 20, 'x')); });
  });
  if (seen.starts_with(kNoMount)) GTEST_SKIP() << seen;
  EXPECT_EQ(seen, expected(target));
}

TEST(FullDisk, IsToldWhileCopyingAndTheTargetIsAsItWas) {
  const test::TempFolder folder;
  const test::TempFolder elsewhere;
  const fs::path source = elsewhere.file("source.mov", std::string(1 << 20, 'x'));
  const fs::path target = folder.path() / "beach.mp4";
  const std::string seen = on_small_disk(
      folder.path(), [&] { return attempt(target, [&](PendingFile& file) { return file.copy_from(source, {}); }); });
  if (seen.starts_with(kNoMount)) GTEST_SKIP() << seen;
  EXPECT_EQ(seen, expected(target));
}

}  // namespace
}  // namespace tokprep
