#include "tests/hostile/reports.h"

#include <gtest/gtest.h>

namespace tokprep::hostile {
namespace {

TEST(SanitizerReports, BelongToTheFirstFrameThatIsNotPlumbing) {
  const auto reports = find_reports(R"(some library: a warning
==812==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000011 at pc 0x7f01 bp 0x7ffe sp 0x7ffd
READ of size 1 at 0x602000000011 thread T0
    #0 0x7f2c in __interceptor_memcpy ../../../../src/libsanitizer/sanitizer_common/interceptors.inc:827
    #1 0x55d0 in std::vector<char>::at(unsigned long) /usr/include/c++/12/bits/stl_vector.h:1100
    #2 0x55d1 in tokprep::read_box(std::span<char>) /somewhere/codecs/mp4/box.cpp:40
    #3 0x7f2d in __libc_start_main (/lib/x86_64-linux-gnu/libc.so.6+0x2724a)

freed by thread T0 here:
    #0 0x7f2c in free_it (/lib/x86_64-linux-gnu/libvips.so.42+0x12)
)");
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].what, "AddressSanitizer: heap-buffer-overflow on address at");
  EXPECT_EQ(reports[0].where, "tokprep::read_box(std::span<char>) /somewhere/codecs/mp4/box.cpp:40");
  EXPECT_TRUE(reports[0].ours);
}

TEST(SanitizerReports, NameTheLibraryThatCrashed) {
  const auto reports =
      find_reports(R"(==9==ERROR: AddressSanitizer: SEGV on unknown address (pc 0x7f bp 0x7e sp 0x7d T0)
==9==The signal is caused by a READ memory access.
    #0 0x7f95 in av_thing (/lib/x86_64-linux-gnu/libavcodec.so.59+0x3d1)
    #1 0x55d1 in tokprep::decode() /somewhere/codecs/av/decoder.cpp:40
)");
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].where, "libavcodec.so.59 av_thing");
  EXPECT_FALSE(reports[0].ours);
}

TEST(SanitizerReports, OfUndefinedBehaviourNameTheLine) {
  const auto reports = find_reports(
      "../../codecs/av/timing.cpp:31:12: runtime error: signed integer overflow: 1 + 2\n"
      "    #0 0x55d1 in tokprep::step() ../../codecs/av/timing.cpp:31\n");
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].what, "runtime error: signed integer overflow: 1 + 2");
  EXPECT_TRUE(reports[0].ours);
}

TEST(SanitizerReports, OfUndefinedBehaviourInAHeaderAreTheCallers) {
  const auto reports = find_reports(
      "/usr/include/c++/12/bits/stl_vector.h:12:3: runtime error: null pointer\n"
      "    #0 0x55d1 in std::vector<int>::front() /usr/include/c++/12/bits/stl_vector.h:12\n"
      "    #1 0x55d1 in tokprep::step() /somewhere/codecs/av/timing.cpp:31\n");
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_TRUE(reports[0].ours);
}

TEST(SanitizerReports, AreNotSeenInOrdinaryTalk) { EXPECT_TRUE(find_reports("VIPS-WARNING: error in tile\n").empty()); }

}  // namespace
}  // namespace tokprep::hostile
