#include "pipeline/cli/commands/ledger_text.h"

#include <fmt/format.h>

#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

std::string line(std::string_view name, std::string_view text) {
  return text.empty() ? "" : fmt::format("\n  {:<9} {}", name, shown(text));
}

}  // namespace

std::string row_text(const LedgerPost& post) {
  std::string text = fmt::format("{:<20}  {:<9}  {}", shown(post.created), name_of(post.state), shown(post.item));
  if (!post.post_id.empty()) text += fmt::format("  id {}", shown(post.post_id));
  if (!post.schedule_date.empty() && post.state == LedgerState::kAccepted) {
    text += fmt::format("  goes out {}", shown(post.schedule_date));
  }
  if (!post.url.empty()) text += fmt::format("  {}", shown(post.url));
  if (post.state == LedgerState::kFailed && !post.error.empty()) text += fmt::format("  {}", shown(post.error));
  return text;
}

std::string story_text(const LedgerStory& story) {
  const LedgerPost& post = story.post;
  std::string text = fmt::format("{}: {}", shown(post.item), name_of(post.state));
  text += line("id", post.post_id);
  text += line("url", post.url);
  text += line("service", post.post_status);
  text += line("caption", post.caption);
  for (const std::string& url : post.media_urls) text += line("media", url);
  text += line("date", post.schedule_date);
  text += line("error", post.error);
  text += line("account", story.account);
  text += line("content", post.content_key);
  text += line("key", post.idempotency_key);
  for (const LedgerEvent& event : story.events) {
    const std::string from = event.from ? fmt::format("{} -> ", name_of(*event.from)) : "";
    const std::string why = event.why.empty() ? "" : ": " + event.why;
    text += line(&event == story.events.data() ? "history" : "",
                 fmt::format("{} {}{}, attempt {}{}", event.at, from, name_of(event.to), event.attempt, why));
  }
  return text;
}

std::string problem_text(const LedgerProblem& problem) {
  std::string text = fmt::format("{}: {}", name_of(problem.kind), shown(problem.message));
  if (!problem.item.empty()) text += fmt::format(" ({})", shown(problem.item));
  return text + (problem.fix.empty() ? "" : fmt::format("\n    try: {}", shown(problem.fix)));
}

}  // namespace tokprep::cli
