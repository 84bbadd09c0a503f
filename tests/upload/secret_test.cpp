#include "upload/secret.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <type_traits>

#include "upload/process_secrets.h"

namespace tokprep {
namespace {

constexpr const char* kKey = "AAAAAAA-BBBBBBB-CCCCCCC-DDDDDDD";

template <class T>
concept HasJsonForm = requires(nlohmann::json json, const T& value) {
  to_json(json, value);
};

TEST(Secret, PrintsAsStarsWhereverItIsPrinted) {
  const Secret key{kKey};
  EXPECT_EQ(fmt::format("key: {}", key), "key: ***");
  EXPECT_EQ(fmt::format("{:>5}", key), "  ***");
  std::ostringstream stream;
  stream << key;
  EXPECT_EQ(stream.str(), "***");
  EXPECT_EQ(testing::PrintToString(key), "***");
}

TEST(Secret, HasNoJsonForm) {
  EXPECT_FALSE(HasJsonForm<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
}

TEST(Secret, CopiesAndMovesAreWholeAndWhatWasMovedFromIsEmpty) {
  Secret first{kKey};
  Secret copy = first;
  Secret moved = std::move(first);
  EXPECT_EQ(copy.reveal(), kKey);
  EXPECT_EQ(moved.reveal(), kKey);
  EXPECT_TRUE(first.empty());  // NOLINT: that it is, is the point
  copy = Secret("another");
  EXPECT_EQ(copy.reveal(), "another");
  moved = copy;
  EXPECT_EQ(moved.reveal(), "another");
}

TEST(Secret, WipingLeavesNoByteOfIt) {
  std::string text(kKey);
  const char* bytes = text.data();
  const std::size_t length = text.size();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.data(), bytes) << "the same buffer";
  for (std::size_t i = 0; i < length; ++i) EXPECT_EQ(bytes[i], '\0') << i;
}

TEST(ProcessSecrets, NoCoreIsWrittenAndNothingIsDumpable) {
  EXPECT_EXIT(
      {
        const bool done = keep_out_of_core_dumps().has_value();
        rlimit limit{};
        ::getrlimit(RLIMIT_CORE, &limit);
        const bool kept = limit.rlim_cur == 0 && limit.rlim_max == 0 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
        ::_exit(done && kept ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace tokprep
