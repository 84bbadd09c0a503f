#include "upload/ayrshare/service_codes.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace tokprep {
namespace {

// Every code and reason of the service's documentation, its tests and its clients that could be found; the tables may
// know more, never less.
constexpr std::array kKnownCodes = {101, 107, 108, 110, 114, 132, 136, 137, 138, 146, 156, 161, 169, 182,
                                    189, 192, 221, 254, 272, 288, 328, 349, 350, 361, 362, 382, 383, 419,
                                    435, 436, 444, 447, 450, 451, 452, 479, 485, 501, 502, 503, 518};

constexpr std::array<std::string_view, 29> kKnownReasons = {
    "file_format_check_failed",
    "duration_check_failed",
    "frame_rate_check_failed",
    "picture_size_check_failed",
    "internal",
    "video_pull_failed",
    "photo_pull_failed",
    "publish_cancelled",
    "auth_removed",
    "spam_risk_too_many_posts",
    "spam_risk_user_banned_from_posting",
    "spam_risk_text",
    "spam_risk",
    "invalid_param",
    "invalid_params",
    "app_version_check_failed",
    "invalid_file_upload",
    "scope_permission_missed",
    "access_token_invalid",
    "scope_not_authorized",
    "reached_active_user_cap",
    "unaudited_client_can_only_post_to_private_accounts",
    "url_ownership_unverified",
    "privacy_level_option_mismatch",
    "spam_risk_too_many_pending_share",
    "rate_limit_exceeded",
    "internal_error",
    "invalid_publish_id",
    "token_not_authorized_for_specified_publish_id",
};

void expect_complete(const Refusal& refusal, const std::string& name) {
  EXPECT_TRUE(refusal.meaning.ends_with('.')) << name << ": a sentence";
  EXPECT_GT(refusal.meaning.size(), 15U) << name;
  EXPECT_FALSE(refusal.fix.empty()) << name;
  EXPECT_FALSE(refusal.fix.ends_with('.')) << name << ": a clause";
  EXPECT_TRUE(refusal.source.url.starts_with("https://")) << name;
  EXPECT_EQ(refusal.source.read_on.size(), std::string_view("2026-10-04").size()) << name;
  EXPECT_NE(name_of(refusal.kind), "") << name;
  EXPECT_GE(exit_code(refusal.error), 5) << name << ": nothing of ours, and no bug";
}

/// What the program does about a refusal has to agree with what it says about it.
void expect_consistent(const Refusal& refusal, const std::string& name) {
  const bool may_pass = refusal.kind == RefusalClass::kWait || refusal.kind == RefusalClass::kRetry;
  EXPECT_EQ(is_transient(refusal.error), may_pass) << name;
  const bool is_account = refusal.kind == RefusalClass::kFixAccount;
  EXPECT_TRUE(is_account || refusal.error != ErrorCode::kAuth) << name;
}

TEST(ServiceCodes, EveryKnownCodeHasClassSentenceFixAndSource) {
  for (const int code : kKnownCodes) {
    const ServiceCode* found = find_service_code(code);
    ASSERT_NE(found, nullptr) << code;
    EXPECT_EQ(found->code, code);
    expect_complete(found->refusal, std::to_string(code));
    expect_consistent(found->refusal, std::to_string(code));
  }
  EXPECT_EQ(service_codes().size(), kKnownCodes.size());
}

TEST(ServiceCodes, EveryKnownReasonHasClassSentenceFixAndSource) {
  for (const std::string_view name : kKnownReasons) {
    const ServiceReason* found = find_service_reason(name);
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(found->name, name);
    expect_complete(found->refusal, std::string(name));
    expect_consistent(found->refusal, std::string(name));
  }
  EXPECT_EQ(service_reasons().size(), kKnownReasons.size());
}

TEST(ServiceCodes, NoneIsThereTwice) {
  std::set<int> codes;
  for (const ServiceCode& row : service_codes()) EXPECT_TRUE(codes.insert(row.code).second) << row.code;
  std::set<std::string_view> names;
  for (const ServiceReason& row : service_reasons()) EXPECT_TRUE(names.insert(row.name).second) << row.name;
}

TEST(ServiceCodes, TheClassesThatMatterMost) {
  EXPECT_EQ(find_service_code(137)->refusal.kind, RefusalClass::kFixInput);
  EXPECT_EQ(find_service_code(156)->refusal.kind, RefusalClass::kFixAccount);
  EXPECT_EQ(find_service_code(156)->refusal.error, ErrorCode::kAuth);
  EXPECT_EQ(find_service_code(288)->refusal.kind, RefusalClass::kWait);
  EXPECT_EQ(find_service_code(436)->refusal.kind, RefusalClass::kRetry);
  EXPECT_EQ(find_service_code(108)->refusal.error, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(find_service_reason("spam_risk_too_many_posts")->refusal.kind, RefusalClass::kWait);
  EXPECT_EQ(find_service_reason("internal")->refusal.kind, RefusalClass::kRetry);
}

TEST(ServiceCodes, WhatNobodyKnowsIsNotGuessed) {
  for (const int code : {0, -1, 200, 999}) EXPECT_EQ(find_service_code(code), nullptr) << code;
  EXPECT_EQ(find_service_reason(""), nullptr);
  EXPECT_EQ(find_service_reason("spam"), nullptr);
}

TEST(ServiceCodes, AReasonIsFoundInAMessageAsAWholeWord) {
  EXPECT_EQ(find_reason_in("TikTok: frame_rate_check_failed.")->name, "frame_rate_check_failed");
  EXPECT_EQ(find_reason_in("spam_risk_text")->name, "spam_risk_text");
  EXPECT_EQ(find_reason_in("(spam_risk)")->name, "spam_risk");
  EXPECT_EQ(find_reason_in("internal")->name, "internal");
  EXPECT_EQ(find_reason_in("an internal fault"), nullptr);
  EXPECT_EQ(find_reason_in("my_spam_risk_text"), nullptr);
  EXPECT_EQ(find_reason_in(""), nullptr);
}

TEST(ServiceCodes, AWordOfPlainEnglishCountsInBracketsOnly) {
  EXPECT_EQ(find_reason_in("It failed. (internal)")->name, "internal");
  EXPECT_EQ(find_reason_in("an internal fault"), nullptr);
  EXPECT_EQ(find_reason_in("(an internal fault)"), nullptr);
}

TEST(ServiceCodes, EveryStatusHasClassSentenceFixAndSource) {
  EXPECT_EQ(http_statuses().size(), 11U);
  for (const HttpStatus& known : http_statuses()) {
    EXPECT_EQ(find_http_status(known.status), &known);
    EXPECT_FALSE(known.refusal.fix.empty()) << known.status;
    EXPECT_TRUE(known.refusal.meaning.ends_with('.')) << known.status;
    EXPECT_TRUE(known.refusal.source.url.starts_with("https://")) << known.status;
  }
  EXPECT_EQ(find_http_status(429)->refusal.kind, RefusalClass::kWait);
  EXPECT_EQ(find_http_status(503)->refusal.kind, RefusalClass::kRetry);
  EXPECT_EQ(find_http_status(200), nullptr);
}

}  // namespace
}  // namespace tokprep
