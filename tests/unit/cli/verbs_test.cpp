#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pipeline/cli/command_line.h"
#include "pipeline/cli/commands/media_inspector.h"
#include "pipeline/cli/help.h"
#include "upload/ayrshare/service_codes.h"

namespace tokprep::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

template <class V>
V verb_of(const std::vector<std::string>& words) {
  const auto command = parse(words);
  EXPECT_TRUE(command.has_value()) << (command ? "" : command.error().message);
  if (!command || !std::holds_alternative<V>(command->verb)) return {};
  return std::get<V>(command->verb);
}

std::string refusal(const std::vector<std::string>& words) {
  const auto command = parse(words);
  EXPECT_FALSE(command.has_value());
  return command ? "" : command.error().message;
}

TEST(ExplainVerb, TakesWhateverIsToBeExplained) {
  const auto command = verb_of<ExplainCommand>({"explain", "137", "spam_risk", "--item", "a.mov"});
  EXPECT_THAT(command.subjects, ElementsAre("137", "spam_risk"));
  EXPECT_EQ(command.item, "a.mov");
  EXPECT_THAT(refusal({"explain"}), HasSubstr("explain needs"));
}

TEST(CancelVerb, TakesIds) {
  const auto command = verb_of<CancelCommand>({"cancel", "a", "b", "--yes"});
  EXPECT_THAT(command.ids, ElementsAre("a", "b"));
  EXPECT_TRUE(command.yes);
  EXPECT_FALSE(verb_of<CancelCommand>({"cancel", "a"}).yes);
  EXPECT_THAT(refusal({"cancel"}), HasSubstr("needs the id"));
  EXPECT_THAT(refusal({"cancel", "a", ""}), HasSubstr("empty ID"));
  EXPECT_THAT(help_text(Verb::kPost), HasSubstr("--validate"));
}

TEST(LedgerVerb, TakesFilters) {
  const auto command = verb_of<LedgerCommand>({"ledger", "--state", "unknown", "--item", "a.mov", "--since", "36h"});
  EXPECT_EQ(command.state, LedgerState::kUnknown);
  EXPECT_EQ(command.item, "a.mov");
  EXPECT_EQ(command.since_ago, std::chrono::hours(36));
  EXPECT_FALSE(command.since);
  EXPECT_EQ(verb_of<LedgerCommand>({"ledger", "--since", "2026-11-20"}).since, from_iso8601("2026-11-20T00:00:00Z"));
  EXPECT_EQ(verb_of<LedgerCommand>({"ledger", "--since", "2026-11-20T08:00:00Z"}).since,
            from_iso8601("2026-11-20T08:00:00Z"));
  EXPECT_THAT(refusal({"ledger", "--since", "yesterday"}), HasSubstr("'yesterday' is no time"));
  EXPECT_THAT(refusal({"ledger", "--state", "unknwon"}), HasSubstr("did you mean 'unknown'?"));
}

TEST(LedgerVerb, ShowsOnePost) {
  EXPECT_EQ(verb_of<LedgerCommand>({"ledger", "show", "abc"}).id, "abc");
  EXPECT_TRUE(verb_of<LedgerCommand>({"ledger", "--check"}).check);
  EXPECT_THAT(refusal({"ledger", "show"}), HasSubstr("needs the id"));
  EXPECT_THAT(refusal({"ledger", "show", "a", "b"}), HasSubstr("one post"));
  EXPECT_THAT(refusal({"ledger", "abc"}), HasSubstr("ledger show ID"));
  EXPECT_THAT(refusal({"ledger", "show", "abc", "--check"}), HasSubstr("shows one post"));
}

TEST(WebhookVerb, TakesItsPlaceAndItsSecret) {
  const std::vector<std::string> words = {"webhook", "--port",     "8787",
                                          "--bind",  "0.0.0.0",    "--secret-file",
                                          "s",       "--register", "https://h.example/webhook"};
  const auto command = verb_of<WebhookCommand>(words);
  EXPECT_EQ(command.port, 8787);
  EXPECT_EQ(command.address, "0.0.0.0");
  EXPECT_EQ(command.register_url, "https://h.example/webhook");
  EXPECT_EQ(parse(words)->common.webhook_secret_file, "s");
  EXPECT_THAT(refusal({"webhook", "--register", "https://x", "--unregister"}), HasSubstr("both given"));
  EXPECT_THAT(refusal({"webhook", "--dry-run"}), HasSubstr("--dry-run"));
  EXPECT_THAT(refusal({"webhook", "file"}), HasSubstr("'file'"));
}

TEST(SandboxVerb, TakesWhatIsToGoWrong) {
  const auto command = verb_of<SandboxCommand>(
      {"sandbox", "--faults", "f.json", "--late", "--rate-limit", "5", "--posts-per-day", "0", "--consent-days", "10"});
  EXPECT_EQ(command.faults, "f.json");
  EXPECT_TRUE(command.late);
  EXPECT_EQ(command.rate_limit, 5);
  EXPECT_EQ(command.posts_per_day, 0);
  EXPECT_EQ(command.consent_days, 10);
  EXPECT_THAT(refusal({"sandbox", "--rate-limit", "0"}), HasSubstr("--rate-limit"));
}

TEST(SandboxVerb, EveryRuleHasAReasonOfTikToksThatIsKnown) {
  EXPECT_EQ(late_reason_of("video.frame_rate_max"), "frame_rate_check_failed");
  EXPECT_EQ(late_reason_of("video.duration_min"), "duration_check_failed");
  EXPECT_EQ(late_reason_of("video.side_min"), "picture_size_check_failed");
  EXPECT_EQ(late_reason_of("image.box"), "picture_size_check_failed");
  EXPECT_EQ(late_reason_of("container.format"), "file_format_check_failed");
  for (const Rule& rule : built_in_rules().all()) {
    EXPECT_NE(find_service_reason(late_reason_of(rule.id)), nullptr) << rule.id;
  }
}

TEST(DoctorVerb, AsksOnlyWhenTold) {
  EXPECT_FALSE(verb_of<DoctorCommand>({"doctor"}).online);
  EXPECT_TRUE(verb_of<DoctorCommand>({"doctor", "--online"}).online);
  EXPECT_THAT(refusal({"doctor", "--online", "--dry-run"}), HasSubstr("--dry-run"));
}

TEST(KeyOptions, OneSourceAKey) {
  const auto command = parse(std::vector<std::string>{"status", "--api-key-command", "pass show ayrshare"});
  ASSERT_TRUE(command);
  EXPECT_EQ(command->common.api_key_command, "pass show ayrshare");
  EXPECT_THAT(refusal({"status", "--api-key-command", "x", "--api-key-file", "y"}), HasSubstr("both given"));
  EXPECT_THAT(refusal({"status", "--profile-key-command", "x", "--profile-key-file", "y"}), HasSubstr("both given"));
  EXPECT_THAT(refusal({"probe", "a.mov", "--api-key-command", "x"}), HasSubstr("--api-key-command"));
}

TEST(Help, OfTheNewVerbsBeginsWithExamples) {
  for (const Verb verb : {Verb::kCancel, Verb::kExplain, Verb::kLedger, Verb::kWebhook}) {
    EXPECT_THAT(help_text(verb), StartsWith("Examples:\n  tokprep " + std::string(name_of(verb))));
  }
}

}  // namespace
}  // namespace tokprep::cli
