#include <gmock/gmock.h>

#include "tests/unit/publish_fixture.h"

namespace tokprep {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

class PublishValidate : public PublishFixture {
 protected:
  Result<Published> publish_checked(const std::string& date = {}) {
    PublishRequest request = video();
    request.validate = true;
    request.on_remark = [this](const std::string& remark) { remarks_.push_back(remark); };
    if (!date.empty()) request.options.schedule_date = date;
    return publish(request, client_, ledger_, built_in_rules(), run_);
  }

  std::vector<std::string> remarks_;
};

TEST_F(PublishValidate, AsksNothingUnlessToldTo) {
  ASSERT_TRUE(publish_video());
  EXPECT_EQ(service_.count("POST /validate/post"), 0U);
}

TEST_F(PublishValidate, AsksAboutWhatIsSentThen) {
  ASSERT_TRUE(publish_checked("2026-11-23T00:00:00Z"));
  ASSERT_EQ(service_.validated.size(), 1U);
  Json sent = service_.submitted.at(0);
  sent.erase("idempotencyKey");  // of the call that posts alone
  EXPECT_EQ(service_.validated.at(0), sent);
  EXPECT_EQ(sent["scheduleDate"], "2026-11-23T00:00:00Z");
  EXPECT_TRUE(remarks_.empty());
}

TEST_F(PublishValidate, WhatWouldBeRefusedIsNotClaimed) {
  service_.verdict = {400, {}, R"({"action":"post","status":"error","code":136,"message":"Media URLs invalid."})"};
  const auto refused = publish_checked();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
  EXPECT_THAT(refused.error().message, HasSubstr("(code 136) Media URLs invalid."));
  EXPECT_EQ(service_.count("POST /post"), 0U);
  EXPECT_TRUE(ledger_.posts(1)->empty());  // no more than planned
  service_.verdict = FakeService::ok({{"status", "success"}});
  EXPECT_TRUE(publish_checked());
}

TEST_F(PublishValidate, WarningsAreTold) {
  service_.verdict = FakeService::ok(
      {{"status", "success"}, {"warnings", Json::array({{{"code", 518}, {"message", "Read the guidelines."}}})}});
  ASSERT_TRUE(publish_checked());
  EXPECT_THAT(remarks_, ElementsAre("the service remarks: (code 518) Read the guidelines."));
}

TEST_F(PublishValidate, WithoutAVerdictNothingIsPosted) {
  service_.verdict = {401, {}, R"({"status":"error","message":"API Key not valid"})"};
  EXPECT_EQ(publish_checked().error().code, ErrorCode::kAuth);
  EXPECT_EQ(service_.count("POST /post"), 0U);
  EXPECT_TRUE(ledger_.posts(1)->empty());
}

}  // namespace
}  // namespace tokprep
