#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temp_folder.h"
#include "upload/ayrshare/client.h"
#include "upload/curl_client.h"

namespace tokprep::test {

inline constexpr const char* kApiKey = "AAAAAAA-BBBBBBB-CCCCCCC-DDDDDDD";
inline constexpr const char* kProfileKey = "PROFILE-KEY-1234567";

/// The real client over real HTTP against a scripted service, with a clock that does not wait.
class ClientFixture : public testing::Test {
 protected:
  ClientFixture() : client_(http_, {server_.url() + "/api", Secret(kApiKey), Secret(kProfileKey)}, policy()) {
    run_.clock = &clock_;
  }

  static RetryPolicy policy() {
    RetryPolicy policy;
    policy.random = [] { return 1.0; };
    return policy;
  }

  /// No text of an error may hold a key.
  static void expect_no_key(const Error& error) {
    EXPECT_EQ(describe(error).find(kApiKey), std::string::npos) << describe(error);
    EXPECT_EQ(describe(error).find(kProfileKey), std::string::npos) << describe(error);
  }

  TempFolder folder_;
  ScriptedServer server_;
  FakeClock clock_;
  CurlClient http_;
  AyrshareClient client_;
  RunContext run_;
};

}  // namespace tokprep::test
