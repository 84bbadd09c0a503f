#include "upload/curl_api.h"

#include <gmock/gmock.h>

namespace tokprep {
namespace {

using testing::HasSubstr;

TEST(CurlApi, IsLoadedOnceWithEveryFunction) {
  const Result<CurlApi>& api = curl_api();
  ASSERT_TRUE(api) << api.error().message;
  EXPECT_EQ(&api, &curl_api());
  CURL* easy = api->easy_init();
  ASSERT_NE(easy, nullptr);
  EXPECT_EQ(api->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L), CURLE_OK);
  api->easy_cleanup(easy);
}

TEST(CurlApi, AMissingLibrarySaysWhichAndWhatToInstall) {
  const auto api = load_curl("libcurl-of-no-machine.so.4");
  ASSERT_FALSE(api);
  EXPECT_EQ(api.error().code, ErrorCode::kInternal);
  EXPECT_THAT(api.error().message, HasSubstr("libcurl-of-no-machine.so.4"));
  EXPECT_THAT(api.error().fix, HasSubstr("libcurl4"));
}

TEST(CurlApi, ALibraryWithoutAFunctionNamesIt) {
  const auto api = load_curl("libm.so.6");
  ASSERT_FALSE(api);
  EXPECT_THAT(api.error().message, HasSubstr("curl_global_init"));
}

}  // namespace
}  // namespace tokprep
