#include "upload/url.h"

#include <gtest/gtest.h>

namespace tokprep {
namespace {

TEST(Url, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(percent_encoded("a-b_c.d~9"), "a-b_c.d~9");
  EXPECT_EQ(percent_encoded("été & co/1+1=2?.mp4"), "%C3%A9t%C3%A9%20%26%20co%2F1%2B1%3D2%3F.mp4");
}

TEST(Url, ShowsNeitherUserNorQuery) {
  EXPECT_EQ(shown_url("https://me:word@store.example:8443/a/b.mp4?X-Signature=abc#x"),
            "https://store.example:8443/a/b.mp4");
}

TEST(Url, TakesHostAndScheme) {
  EXPECT_EQ(host_of("http://[::1]:80/x"), "::1");
  EXPECT_EQ(host_of("https://api.ayrshare.com/api"), "api.ayrshare.com");
  EXPECT_EQ(scheme_of("HTTPS://x"), "https");
  EXPECT_EQ(scheme_of("no scheme"), "");
}

TEST(Url, KnowsLoopback) {
  EXPECT_TRUE(is_loopback_url("http://127.0.0.1:9/api"));
  EXPECT_TRUE(is_loopback_url("http://LOCALHOST/"));
  EXPECT_TRUE(is_loopback_url("http://[::1]:9/"));
  EXPECT_TRUE(is_loopback_url("http://127.255.3.4/"));
  for (const char* elsewhere :
       {"https://api.ayrshare.com/127.0.0.1", "http://127.0.0.1.example.com/api", "http://127.example/",
        "http://127.0.0.1@example.com/", "http://127./", "http://128.0.0.1/"}) {
    EXPECT_FALSE(is_loopback_url(elsewhere)) << elsewhere;
  }
}

}  // namespace
}  // namespace tokprep
