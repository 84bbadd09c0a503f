#include "base/digest.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

struct Vector {
  std::string message;
  const char* digest;
};

// The examples of FIPS 180-4 and its companion document.
std::vector<Vector> known_vectors() {
  return {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
          {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
          {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
          {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
}

TEST(Sha256, OfBytesMatchesTheKnownVectors) {
  for (const auto& [message, digest] : known_vectors()) EXPECT_EQ(sha256_of(message), digest) << message.size();
}

TEST(Sha256, OfAFileIsThatOfItsBytesHoweverManyReadsItTakes) {
  const test::TempFolder folder;
  for (const auto& [message, digest] : known_vectors()) {
    EXPECT_EQ(sha256_of_file(folder.file("message", message), {}), digest) << message.size();
  }
}

TEST(Sha256, OfAMissingFileIsUnreadable) {
  const test::TempFolder folder;
  const auto digest = sha256_of_file(folder.path() / "gone.mp4", {});
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(digest.error().file, (folder.path() / "gone.mp4").string());
}

TEST(Sha256, OfAFileObeysAStop) {
  const test::TempFolder folder;
  std::stop_source stop;
  stop.request_stop();
  RunContext run;
  run.stop = stop.get_token();
  const auto digest = sha256_of_file(folder.file("a", "abc"), run);
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tokprep
