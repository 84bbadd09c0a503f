#include "base/line_channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "base/file_descriptor.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;

/// A channel that reads what the test writes, byte by byte, into a pipe, and whose own lines end in the same pipe.
class LineChannelTest : public testing::Test {
 protected:
  LineChannelTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) == 0) {
      read_end_ = FileDescriptor(ends[0]);
      write_end_ = FileDescriptor(ends[1]);
    }
    channel_ = LineChannel(read_end_.get(), write_end_.get());
  }

  void feed(std::string_view bytes) const {
    ASSERT_EQ(::write(write_end_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  /// What `receive` gives, as text: the message, "end" or the name of the error.
  std::string next(std::optional<std::chrono::milliseconds> patience = 10s) {
    const auto message = channel_.receive({}, patience);
    if (!message) return std::string(to_string(message.error().code));
    return *message ? to_line(**message) : "end";
  }

  FileDescriptor read_end_;
  FileDescriptor write_end_;
  LineChannel channel_{-1, -1};
};

TEST_F(LineChannelTest, ALineMayArriveInPieces) {
  feed("{\"id\"");
  EXPECT_EQ(next(1ms), "timeout");
  feed(":1}");
  EXPECT_EQ(next(1ms), "timeout");
  feed("\n");
  EXPECT_EQ(next(), R"({"id":1})");
}

TEST_F(LineChannelTest, LinesThatArriveTogetherAreToldApart) {
  feed("{\"id\":1}\n[2]\n{\"id\"");
  EXPECT_EQ(next(), R"({"id":1})");
  EXPECT_EQ(next(), "[2]");
  feed(":3}\n");
  EXPECT_EQ(next(), R"({"id":3})");
}

TEST_F(LineChannelTest, TheEndOfTheStreamIsNoError) {
  feed("{\"id\":1}\n");
  write_end_.reset();
  EXPECT_EQ(next(), R"({"id":1})");
  EXPECT_EQ(next(), "end");
  EXPECT_EQ(next(), "end");
}

TEST_F(LineChannelTest, HalfALineAtTheEndIsNoMessage) {
  feed("{\"id\":1}");
  write_end_.reset();
  EXPECT_EQ(next(), "end");
}

TEST_F(LineChannelTest, GarbageIsRefusedAndTheNextLineIsRead) {
  feed("Segmentation fault\n\n{\"id\":1}\n");
  EXPECT_EQ(next(), "invalid_argument");
  EXPECT_EQ(next(), "invalid_argument");
  EXPECT_EQ(next(), R"({"id":1})");
}

TEST_F(LineChannelTest, SilenceEndsWithTheWaitersPatience) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(next(20ms), "timeout");
  EXPECT_GE(std::chrono::steady_clock::now() - began, 20ms);
}

TEST_F(LineChannelTest, AStopEndsTheWait) {
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });
  const auto message = channel_.receive(stop.get_token());  // without a limit: only the stop can end it
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ErrorCode::kCancelled);
}

TEST_F(LineChannelTest, AMessageIsOneLineWhateverItHolds) {
  const Json message = {{"text", "two\nlines"}, {"list", {1, 2.5, nullptr}}};
  ASSERT_TRUE(channel_.send(message));
  ASSERT_TRUE(channel_.send({{"name", "caf\xe9"}}));
  EXPECT_EQ(next(), to_line(message));
  EXPECT_EQ(next(),
            "{\"name\":\"caf\xef\xbf\xbd"
            "E9\"}");
}

TEST_F(LineChannelTest, AMessageLargerThanThePipeArrivesWhole) {
  const Json message = {{"text", std::string(200'000, 'x')}};
  Status sent;
  {
    const std::jthread sender([&] { sent = LineChannel(-1, write_end_.get()).send(message); });
    EXPECT_EQ(next(), to_line(message));
  }
  EXPECT_TRUE(sent);
}

TEST_F(LineChannelTest, SendingToNobodyIsAnError) {
  read_end_.reset();
  const Status sent = channel_.send({{"id", 1}});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kIo);
  EXPECT_EQ(sent.error().native, EPIPE);
}

TEST_F(LineChannelTest, SendingToSomebodyWhoTakesNothingEnds) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const FileDescriptor ours(ends[0]), theirs(ends[1]);
  const timeval patience{0, 20'000};
  ::setsockopt(ours.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const Json message = {{"text", std::string(4'000'000, 'x')}};
  const int file = read_end_.get();
  for (const std::span<const int> files : {std::span<const int>(), std::span<const int>(&file, 1)}) {
    const Status sent = LineChannel(-1, ours.get()).send(message, files);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, ErrorCode::kIo);
    EXPECT_EQ(sent.error().native, EAGAIN);
  }
}

TEST_F(LineChannelTest, AReadThatFailsIsAnError) {
  const test::TempFolder folder;
  const FileDescriptor directory(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
  const auto message = LineChannel(directory.get(), -1).receive();
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ErrorCode::kIo);
  EXPECT_EQ(message.error().native, EISDIR);
}

TEST_F(LineChannelTest, ALineWithoutAnEndDoesNotFillTheMemory) {
  const std::jthread flood([&] {
    const std::string block(1 << 20, 'x');
    while (::write(write_end_.get(), block.data(), block.size()) > 0) {
    }
  });
  const auto message = channel_.receive();
  read_end_.reset();  // ends the flood
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ErrorCode::kIo);
  EXPECT_EQ(message.error().message, "a line from the pipe is longer than 16 MiB");
}

}  // namespace
}  // namespace tokprep
