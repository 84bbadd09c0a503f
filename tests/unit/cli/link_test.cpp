#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/cli/service.h"

namespace tokprep::cli {
namespace {

using testing::HasSubstr;

AccountInfo linked(std::optional<std::int64_t> days) {
  AccountInfo account;
  account.networks = {"tiktok"};
  LinkedAccount link;
  link.platform = "tiktok";
  link.username = "beach";
  link.refresh_days_remaining = days;
  link.refresh_required = "2026-12-01";
  account.accounts = {link};
  return account;
}

TEST(Link, LastsWhereTheServiceSaysNothingElse) {
  EXPECT_FALSE(check_link(linked(std::nullopt)).value());
  EXPECT_FALSE(check_link(linked(200)).value());
  EXPECT_FALSE(check_link(linked(15)).value());
  EXPECT_FALSE(check_link(AccountInfo{}).value());
}

TEST(Link, ThatEndsSoonIsTold) {
  const auto warning = check_link(linked(14)).value();
  ASSERT_TRUE(warning);
  EXPECT_THAT(*warning, HasSubstr("beach"));
  EXPECT_THAT(*warning, HasSubstr("14 days (2026-12-01)"));
  EXPECT_THAT(*check_link(linked(1)).value(), HasSubstr("1 day ("));
}

TEST(Link, ThatHasEndedIsRefused) {
  for (const std::int64_t days : {0, -3}) {
    const auto ended = check_link(linked(days));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kAuth);
    EXPECT_THAT(ended.error().message, HasSubstr("beach has ended (2026-12-01)"));
  }
}

}  // namespace
}  // namespace tokprep::cli
