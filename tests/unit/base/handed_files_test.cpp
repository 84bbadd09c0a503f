#include "base/handed_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "base/line_channel.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

std::vector<HandedFiles::Entry> one(std::string path, FileDescriptor file) {
  std::vector<HandedFiles::Entry> files;
  files.push_back({std::move(path), std::move(file)});
  return files;
}

std::string front_of(const std::string& path) { return read_head(path, 100).value_or("cannot be read"); }

TEST(HandedFiles, StandForTheirPathsAndForNoOthers) {
  const test::TempFolder folder;
  const std::string real = folder.file("real", "handed over").string();
  const std::string other = folder.file("other", "opened").string();
  {
    const HandedFiles handed(one("a/name/that/is/nowhere", open_for_reading(real).value()));
    EXPECT_EQ(front_of("a/name/that/is/nowhere"), "handed over");
    EXPECT_EQ(front_of("a/name/that/is/nowhere"), "handed over");  // nobody moved the offset they share
    EXPECT_EQ(front_of(other), "opened");
  }
  EXPECT_EQ(front_of("a/name/that/is/nowhere"), "cannot be read");
}

TEST(HandedFiles, AreWrittenAnew) {
  const test::TempFolder folder;
  const std::string real = folder.file("real", "what an earlier try left").string();
  const HandedFiles handed(one("out", open_for_writing(real).value()));
  const auto file = open_for_writing("out");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(write_at(*file, 4, "fter", "out"));
  ASSERT_TRUE(write_at(*file, 0, "the a", "out"));
  EXPECT_EQ(front_of(real), "the ater");
}

TEST(LineChannel, HandsOpenFilesOverWithALine) {
  const test::TempFolder folder;
  const auto a = open_for_reading(folder.file("a", "first").string());
  const auto b = open_for_reading(folder.file("b", "second").string());
  ASSERT_TRUE(a && b);
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const FileDescriptor left(ends[0]), right(ends[1]);
  LineChannel sender(left.get(), left.get()), receiver(right.get(), right.get());

  ASSERT_TRUE(sender.send({{"say", "none"}}));
  EXPECT_EQ(receiver.receive().value().value().at("say"), "none");
  EXPECT_TRUE(receiver.take_files().empty());
  ASSERT_TRUE(sender.send({{"say", "two"}}, std::array{a->get(), b->get()}));
  EXPECT_EQ(receiver.receive().value().value().at("say"), "two");
  const std::vector<FileDescriptor> files = receiver.take_files();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(read_at(files[0], 0, 10, "a").value(), "first");
  EXPECT_EQ(read_at(files[1], 0, 10, "b").value(), "second");
  EXPECT_EQ(::fcntl(files[0].get(), F_GETFD), FD_CLOEXEC);
}

}  // namespace
}  // namespace tokprep
