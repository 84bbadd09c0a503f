#include "base/error.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>

namespace tokprep {
namespace {

struct CodeCase {
  ErrorCode code;
  const char* name;
  bool transient;
  int exit_code;
};
std::ostream& operator<<(std::ostream& out, const CodeCase& test) { return out << test.name; }

class EveryCode : public testing::TestWithParam<CodeCase> {};

TEST_P(EveryCode, HasItsNameAdviceAndExitCode) {
  const auto& [code, name, transient, expected_exit] = GetParam();
  EXPECT_EQ(to_string(code), name);
  EXPECT_EQ(error_code_from(name), code);
  EXPECT_EQ(is_transient(code), transient);
  EXPECT_EQ(exit_code(code), expected_exit);
}

// What scripts rely on: names in JSON, and the table of exit codes in the README.
INSTANTIATE_TEST_SUITE_P(Contract, EveryCode,
                         testing::Values(CodeCase{ErrorCode::kInternal, "internal", false, 1},
                                         CodeCase{ErrorCode::kInvalidArgument, "invalid_argument", false, 2},
                                         CodeCase{ErrorCode::kOutputUnwritable, "output_unwritable", false, 2},
                                         CodeCase{ErrorCode::kInputUnreadable, "input_unreadable", false, 4},
                                         CodeCase{ErrorCode::kUnsupportedInput, "unsupported_input", false, 4},
                                         CodeCase{ErrorCode::kCorruptInput, "corrupt_input", false, 4},
                                         CodeCase{ErrorCode::kNotCompliant, "not_compliant", false, 4},
                                         CodeCase{ErrorCode::kWorkerFailed, "worker_failed", false, 4},
                                         CodeCase{ErrorCode::kRejected, "rejected", false, 5},
                                         CodeCase{ErrorCode::kIo, "io", true, 6},
                                         CodeCase{ErrorCode::kWorkerEnded, "worker_ended", true, 6},
                                         CodeCase{ErrorCode::kNoSpace, "no_space", true, 6},
                                         CodeCase{ErrorCode::kNetwork, "network", true, 6},
                                         CodeCase{ErrorCode::kTimeout, "timeout", true, 6},
                                         CodeCase{ErrorCode::kRateLimited, "rate_limited", true, 6},
                                         CodeCase{ErrorCode::kUnavailable, "unavailable", true, 6},
                                         CodeCase{ErrorCode::kAuth, "auth", false, 7},
                                         CodeCase{ErrorCode::kOutcomeUnknown, "outcome_unknown", false, 8},
                                         CodeCase{ErrorCode::kCancelled, "cancelled", false, 130}));

Error full_error() {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = "too short";
  error.native = -22;
  error.context = {"probe", "prepare b.mov"};
  error.file = "b.mov";
  error.rule = "video.duration_min";
  error.measured = 1.25;
  error.limit = std::int64_t{3};
  error.unit = "s";
  error.fix = "--too-short hold";
  return error;
}

TEST(ErrorJson, SaysAllThatIsKnown) {
  EXPECT_EQ(nlohmann::json(full_error()), nlohmann::json::parse(R"({
    "code": "not_compliant", "message": "too short", "transient": false, "native": -22,
    "context": ["probe", "prepare b.mov"], "file": "b.mov", "rule": "video.duration_min",
    "measured": 1.25, "limit": 3, "unit": "s", "fix": "--too-short hold"})"));
}

TEST(ErrorJson, LeavesOutWhatIsNotFilled) {
  Error error;
  error.code = ErrorCode::kNetwork;
  error.message = "no answer";
  EXPECT_EQ(nlohmann::json(error),
            nlohmann::json::parse(R"({"code": "network", "message": "no answer", "transient": true})"));
}

TEST(ErrorJson, ComesBackUnchanged) {
  const Error before = full_error();
  const auto after = nlohmann::json(before).get<Error>();
  EXPECT_EQ(after.code, before.code);
  EXPECT_EQ(after.message, before.message);
  EXPECT_EQ(after.native, before.native);
  EXPECT_EQ(after.context, before.context);
  EXPECT_EQ(after.file, before.file);
  EXPECT_EQ(after.rule, before.rule);
  EXPECT_EQ(after.measured, before.measured);
  EXPECT_EQ(after.limit, before.limit);
  EXPECT_EQ(after.unit, before.unit);
  EXPECT_EQ(after.fix, before.fix);
}

TEST(ErrorJson, OfANewerVersionIsStillAnError) {
  const auto error = nlohmann::json::parse(R"({"code": "from_the_future", "message": "m", "more": [1]})").get<Error>();
  EXPECT_EQ(error.code, ErrorCode::kInternal);
  EXPECT_EQ(error.message, "m");
  EXPECT_EQ(error.measured.index(), 0U);
}

TEST(ScalarJson, KeepsCountsNumbersWordsAndNothingApart) {
  for (const Scalar& value : {Scalar{}, Scalar{std::int64_t{42}}, Scalar{42.0}, Scalar{std::string("pcm_s16le")}}) {
    const auto text = scalar_to_json(value).dump();
    EXPECT_EQ(scalar_from_json(nlohmann::json::parse(text)), value) << text;
  }
}

TEST(ScalarText, IsForPeople) {
  EXPECT_EQ(to_text(Scalar{8.25}), "8.25");
  EXPECT_EQ(to_text(Scalar{std::int64_t{42}}), "42");
  EXPECT_EQ(to_text(Scalar{std::string("pcm_s16le")}), "pcm_s16le");
  EXPECT_EQ(to_text(Scalar{}), "unknown");
}

TEST(Describe, PutsTheOutermostContextFirst) {
  Error error;
  error.message = "no space left";
  error = with_context(with_context(std::move(error), "write beach.mp4"), "prepare drop");
  EXPECT_EQ(describe(error), "prepare drop: write beach.mp4: no space left");
}

}  // namespace
}  // namespace tokprep
