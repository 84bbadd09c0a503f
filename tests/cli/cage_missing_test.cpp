#include "tests/cli/cli_fixture.h"

// Kernels without a part of the cage: what is missing is said, loudly, and left out; or nothing runs, where that is
// asked.

namespace tokprep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::string_view_literals;

/// The parameter: what this kernel shall seem to lack.
class CageMissing : public CliTest, public testing::WithParamInterface<const char*> {
 protected:
  [[nodiscard]] ProcessResult run_without(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {TOKPREP_WITHOUT_CALLS, GetParam(), TOKPREP_PROGRAM});
    return run_process(arguments, settings_);
  }

  [[nodiscard]] static bool lacks(std::string_view what) { return GetParam() == what || GetParam() == "both"sv; }

  /// What is said about each part.
  [[nodiscard]] static testing::Matcher<std::string> names_what_is_missing() {
    const auto says_so = [](bool is_missing, const std::string& what) {
      return is_missing ? testing::Matcher<std::string>(HasSubstr(what)) : Not(HasSubstr(what));
    };
    return AllOf(says_so(lacks("landlock"), "files: this kernel has no Landlock"),
                 says_so(lacks("seccomp"), "calls: this kernel has no filters for system calls"));
  }
};

TEST_P(CageMissing, IsSaidAndLeftOut) {
  const std::string logo = copy_sample("logo.png", "drop/logo.png");
  const auto result = run_without({"prepare", logo, "-o", path("out"), "-q"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("note: the cage of the decoders is not whole"), names_what_is_missing()));
  EXPECT_TRUE(fs::exists(path("out/logo.jpg")));

  const auto json = run_without({"prepare", logo, "-o", path("out"), "--force", "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_THAT(only(checked_lines(json), "note").value("message", ""), names_what_is_missing());
}

TEST_P(CageMissing, IsARefusalWhereTheWholeIsRequired) {
  const std::string logo = copy_sample("logo.png", "drop/logo.png");
  const auto result = run_without({"prepare", logo, "-o", path("out"), "--cage", "require"});
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_THAT(result.out + result.err, AllOf(HasSubstr("--cage require cannot be had here"), names_what_is_missing()));
  EXPECT_FALSE(fs::exists(path("out/logo.jpg")));
}

TEST_P(CageMissing, IsAWarningOfDoctors) {
  const auto result = run_without({"doctor", "--json"});
  std::vector<std::string> missing;
  bool program_ran = false;
  for (const Json& check : of_type(checked_lines(result), "check")) {
    if (check["name"] != "cage") continue;
    const std::string message = check["message"];
    EXPECT_NE(check["status"], "fail") << message;
    if (message.find(" missing: ") != std::string::npos) missing.push_back(message);
    program_ran = program_ran || message.find("got out: run another program") != std::string::npos;
  }
  EXPECT_EQ(missing.size(), std::string_view(GetParam()) == "both" ? 4U : 2U) << result.out;  // of two workers
  EXPECT_EQ(program_ran, lacks("landlock") && lacks("seccomp")) << result.out;
}

INSTANTIATE_TEST_SUITE_P(On, CageMissing, testing::Values("landlock", "seccomp", "both"),
                         [](const auto& what) { return std::string(what.param); });

}  // namespace
}  // namespace tokprep::test
