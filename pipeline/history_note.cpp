#include "pipeline/history_note.h"

#include <algorithm>
#include <chrono>

namespace tokprep {
namespace {

constexpr std::chrono::seconds kFresh{60};

// What was made longer ago and is still to come is missed; what the windows need of the past is well inside.
const HistoryQuery kRecent{500, 30};

bool counts(const PostRecord& record) {
  switch (record.state) {
    case PostState::kFailed:
    case PostState::kDeleted:
      return false;
    case PostState::kAwaitingApproval:
      return !record.schedule_date.empty();
    case PostState::kPending:
    case PostState::kScheduled:
    case PostState::kPaused:
    case PostState::kPublished:
    case PostState::kUnknown:
      break;
  }
  return true;
}

}  // namespace

std::vector<SeenPost> counting_posts(const std::vector<PostRecord>& history) {
  std::vector<SeenPost> posts;
  for (const PostRecord& record : history) {
    const auto created = from_iso8601(record.created);
    const auto date = from_iso8601(record.schedule_date);
    if (record.id.empty() || !counts(record) || (!created && !date)) continue;
    // A date that had passed when the post was made was no date: it went out at once.
    posts.push_back({record.id, record.caption, std::max(created ? *created : *date, date ? *date : *created)});
  }
  return posts;
}

Status keep_history_noted(AyrshareClient& client, Ledger& ledger, const RunContext& run) {
  TOKPREP_ASSIGN(const auto read, ledger.history_read());
  const Clock::TimePoint now = run.clock->now();
  if (read && *read <= now && now - *read < kFresh) return {};
  auto history = client.history(kRecent, run);
  if (!history) return fail(with_context(std::move(history).error(), "ask which posts count for the account's caps"));
  return ledger.note_history(counting_posts(*history));
}

}  // namespace tokprep
