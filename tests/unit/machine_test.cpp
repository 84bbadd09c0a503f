#include "pipeline/machine.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

class Machine : public testing::Test {
 protected:
  /// The files of a process in the group studio/watch.
  void SetUp() override {
    for (const char* place : {"proc/self", "cgroups/studio/watch"})
      std::filesystem::create_directories(folder_.path() / place);
    put("proc/self/cgroup", "0::/studio/watch\n");
    put("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\n");
  }

  void put(const std::string& name, const std::string& text) const { (void)folder_.file(name, text); }
  [[nodiscard]] MachineFiles files() const { return {folder_.path() / "proc", folder_.path() / "cgroups"}; }

  test::TempFolder folder_;
};

TEST_F(Machine, WithoutAGroupsLimitTheKernelsWordHolds) {
  EXPECT_EQ(available_memory_bytes(files()), 8 * kGiB);
  put("cgroups/studio/watch/memory.max", "max\n");
  put("cgroups/studio/watch/memory.current", "1000\n");
  put("cgroups/studio/watch/cpu.max", "max 100000\n");
  EXPECT_EQ(available_memory_bytes(files()), 8 * kGiB);
  EXPECT_GE(usable_cores(files()), 1);
}

TEST_F(Machine, TheGroupsAroundCountAsWell) {
  put("cgroups/studio/memory.max", std::to_string(6 * kGiB) + "\n");
  put("cgroups/studio/memory.current", std::to_string(3 * kGiB) + "\n");
  put("cgroups/studio/memory.stat", "anon 5\ninactive_file_other 7\ninactive_file " + std::to_string(kGiB) + "\n");
  EXPECT_EQ(available_memory_bytes(files()), 4 * kGiB);
  put("cgroups/studio/watch/memory.max", std::to_string(kGiB) + "\n");
  put("cgroups/studio/watch/memory.current", std::to_string(2 * kGiB) + "\n");
  EXPECT_EQ(available_memory_bytes(files()), 0U);
}

TEST_F(Machine, AContainersOwnGroupIsTheRoot) {
  put("proc/self/cgroup", "0::/\n");
  put("cgroups/memory.max", std::to_string(2 * kGiB) + "\n");
  put("cgroups/memory.current", "0\n");
  EXPECT_EQ(available_memory_bytes(files()), 2 * kGiB);
}

TEST_F(Machine, NothingToReadIsNothingKnown) {
  EXPECT_FALSE(available_memory_bytes({folder_.path() / "none", folder_.path() / "none"}).has_value());
  EXPECT_GE(usable_cores({folder_.path() / "none", folder_.path() / "none"}), 1);
}

TEST_F(Machine, CoresAreThoseOfTheAffinityAndTheQuota) {
  put("cgroups/studio/cpu.max", "100000 100000\n");
  EXPECT_EQ(usable_cores(files()), 1);
  put("cgroups/studio/cpu.max", "5000 100000\n");
  EXPECT_EQ(usable_cores(files()), 1);

  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  put("cgroups/studio/cpu.max", "max 100000\n");
  EXPECT_EQ(usable_cores(files()), 1);
  ::sched_setaffinity(0, sizeof before, &before);
}

TEST(LanesFor, AreTheCoresAsFarAsTheMemorySuffices) {
  EXPECT_EQ(lanes_for(8, std::nullopt), 8);
  EXPECT_EQ(lanes_for(8, 100 * kGiB), 8);
  EXPECT_EQ(lanes_for(8, 100 * kGiB, 1), 9);
  EXPECT_EQ(lanes_for(8, 5 * kGiB, 1), 5);
  EXPECT_EQ(lanes_for(8, 100), 1);
  EXPECT_EQ(lanes_for(0, 100 * kGiB), 1);
}

}  // namespace
}  // namespace tokprep
