#include <gtest/gtest.h>

#include <array>
#include <string>

#include "pipeline/explain.h"

// What every code and reason of the service comes to: its class, and the exit code of a run that ends by it. Written
// from the service's documentation, beside the tables of the program.

namespace tokprep {
namespace {

using enum RefusalClass;

struct CodeRow {
  int code;
  RefusalClass kind;
  int exit_code;
};

constexpr std::array kCodes = {
    CodeRow{101, kFixInput, 5},   CodeRow{107, kFixInput, 5},   CodeRow{108, kUnknown, 8},
    CodeRow{110, kFixInput, 5},   CodeRow{114, kFixInput, 5},   CodeRow{132, kFixInput, 5},
    CodeRow{136, kFixInput, 5},   CodeRow{137, kFixInput, 5},   CodeRow{138, kFixInput, 5},
    CodeRow{146, kFixInput, 5},   CodeRow{156, kFixAccount, 7}, CodeRow{161, kFixAccount, 7},
    CodeRow{169, kFixAccount, 5}, CodeRow{182, kFixInput, 5},   CodeRow{189, kFixInput, 5},
    CodeRow{192, kFixAccount, 5}, CodeRow{221, kFixInput, 5},   CodeRow{254, kFixInput, 5},
    CodeRow{272, kFixAccount, 7}, CodeRow{288, kWait, 6},       CodeRow{328, kFixInput, 5},
    CodeRow{349, kUnknown, 5},    CodeRow{350, kUnknown, 5},    CodeRow{361, kUnknown, 5},
    CodeRow{362, kUnknown, 5},    CodeRow{382, kFixInput, 5},   CodeRow{383, kFixInput, 5},
    CodeRow{419, kFixAccount, 5}, CodeRow{435, kWait, 6},       CodeRow{436, kRetry, 6},
    CodeRow{444, kWait, 6},       CodeRow{447, kFixInput, 5},   CodeRow{450, kFixInput, 5},
    CodeRow{451, kFixInput, 5},   CodeRow{452, kFixInput, 5},   CodeRow{479, kFixInput, 5},
    CodeRow{485, kFixInput, 5},   CodeRow{501, kFixAccount, 7}, CodeRow{502, kFixAccount, 7},
    CodeRow{503, kFixAccount, 7}, CodeRow{518, kUnknown, 5},
};

struct ReasonRow {
  std::string_view name;
  RefusalClass kind;
  int exit_code;
};

constexpr std::array kReasons = {
    ReasonRow{"file_format_check_failed", kFixInput, 5},
    ReasonRow{"duration_check_failed", kFixInput, 5},
    ReasonRow{"frame_rate_check_failed", kFixInput, 5},
    ReasonRow{"picture_size_check_failed", kFixInput, 5},
    ReasonRow{"internal", kRetry, 6},
    ReasonRow{"video_pull_failed", kRetry, 6},
    ReasonRow{"photo_pull_failed", kRetry, 6},
    ReasonRow{"publish_cancelled", kUnknown, 5},
    ReasonRow{"auth_removed", kFixAccount, 7},
    ReasonRow{"spam_risk_too_many_posts", kWait, 6},
    ReasonRow{"spam_risk_user_banned_from_posting", kFixAccount, 7},
    ReasonRow{"spam_risk_text", kFixInput, 5},
    ReasonRow{"spam_risk", kFixInput, 5},
    ReasonRow{"invalid_param", kFixInput, 5},
    ReasonRow{"invalid_params", kFixInput, 5},
    ReasonRow{"app_version_check_failed", kFixAccount, 5},
    ReasonRow{"invalid_file_upload", kFixInput, 5},
    ReasonRow{"scope_permission_missed", kFixAccount, 7},
    ReasonRow{"access_token_invalid", kFixAccount, 7},
    ReasonRow{"scope_not_authorized", kFixAccount, 7},
    ReasonRow{"reached_active_user_cap", kWait, 6},
    ReasonRow{"unaudited_client_can_only_post_to_private_accounts", kFixAccount, 5},
    ReasonRow{"url_ownership_unverified", kFixAccount, 5},
    ReasonRow{"privacy_level_option_mismatch", kFixInput, 5},
    ReasonRow{"spam_risk_too_many_pending_share", kWait, 6},
    ReasonRow{"rate_limit_exceeded", kWait, 6},
    ReasonRow{"internal_error", kRetry, 6},
    ReasonRow{"invalid_publish_id", kUnknown, 5},
    ReasonRow{"token_not_authorized_for_specified_publish_id", kFixAccount, 7},
};

/// As `tokprep status` and `post` end for a post that was refused with these words.
Error failure_with(const std::string& words) {
  Error error;
  error.code = ErrorCode::kRejected;
  error.message = words;
  return explained(std::move(error), built_in_rules());
}

TEST(Refusals, EveryCodeComesToItsClassExitCodeAndSentence) {
  ASSERT_EQ(kCodes.size(), service_codes().size());
  for (const CodeRow& row : kCodes) {
    const Explanation explanation = explain_code(row.code, built_in_rules());
    EXPECT_TRUE(explanation.known) << row.code;
    EXPECT_EQ(explanation.kind, row.kind) << row.code;
    EXPECT_EQ(exit_code(explanation.error), row.exit_code) << row.code;
    const Error error = failure_with("(code " + std::to_string(row.code) + ") in the service's own words");
    EXPECT_EQ(exit_code(error.code), row.exit_code) << row.code;
    EXPECT_TRUE(error.message.ends_with(explanation.meaning)) << error.message;
    EXPECT_FALSE(error.fix.empty()) << row.code;
  }
}

TEST(Refusals, EveryReasonComesToItsClassExitCodeAndSentence) {
  ASSERT_EQ(kReasons.size(), service_reasons().size());
  for (const ReasonRow& row : kReasons) {
    const auto explanation = explain_reason(row.name, built_in_rules());
    ASSERT_TRUE(explanation) << row.name;
    EXPECT_EQ(explanation->kind, row.kind) << row.name;
    EXPECT_EQ(exit_code(explanation->error), row.exit_code) << row.name;
    const Error error = failure_with(std::string(row.name));
    EXPECT_EQ(exit_code(error.code), row.exit_code) << row.name;
    EXPECT_TRUE(error.message.find(explanation->meaning) != std::string::npos) << error.message;
    EXPECT_FALSE(error.fix.empty()) << row.name;
    // As it stands in a record: a sentence, and the word after it.
    const Error of_record = failure_with("TikTok: it failed. (" + std::string(row.name) + ")");
    EXPECT_EQ(exit_code(of_record.code), row.exit_code) << row.name;
  }
}

// The limit behind a refusal is one the program knows; a rule that was renamed would be lost without a word.
TEST(Refusals, TheLimitsBehindThemAreThere) {
  struct Row {
    std::string_view refusal;
    std::string_view rule;
  };
  for (const auto& [refusal, rule] : {Row{"132", "post.caption_max"}, Row{"182", "video.aspect"},
                                      Row{"254", "image.box"}, Row{"450", "image.format"}}) {
    const auto explanation = explain_code(std::stoi(std::string(refusal)), built_in_rules());
    EXPECT_TRUE(std::ranges::any_of(explanation.readings, [&](const RuleReading& r) { return r.rule.id == rule; }))
        << refusal;
  }
  for (const auto& [reason, rule] :
       {Row{"file_format_check_failed", "container.format"}, Row{"duration_check_failed", "video.duration_max"},
        Row{"frame_rate_check_failed", "video.frame_rate_max"}, Row{"picture_size_check_failed", "video.side_max"},
        Row{"invalid_file_upload", "video.codec"}, Row{"spam_risk_too_many_posts", "post.rate_day"},
        Row{"rate_limit_exceeded", "post.rate_minute"}}) {
    const auto explanation = explain_reason(reason, built_in_rules());
    EXPECT_TRUE(std::ranges::any_of(explanation->readings, [&](const RuleReading& r) { return r.rule.id == rule; }))
        << reason;
  }
}

TEST(Refusals, ACodeNobodyKnowsIsToldAsUnknownWithWhatToDo) {
  const Explanation explanation = explain_code(999, built_in_rules());
  EXPECT_FALSE(explanation.known);
  EXPECT_EQ(explanation.kind, kUnknown);
  EXPECT_EQ(explanation.meaning, "Nobody has written down what code 999 means.");
  EXPECT_NE(explanation.fix.find("support"), std::string::npos);
  const Error error = failure_with("(code 999) Something new");
  EXPECT_EQ(exit_code(error.code), 5);
  EXPECT_EQ(error.message, "(code 999) Something new. Nobody has written down what code 999 means.");
  EXPECT_EQ(error.fix, explanation.fix);
}

}  // namespace
}  // namespace tokprep
