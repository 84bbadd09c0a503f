#include "pipeline/settled_post.h"

#include <fmt/format.h>

namespace tokprep {
namespace {

/// A post that was deleted before its date never went out, nor one that waited for an approval when it was last seen
/// and was not handed over since. Any other deleted one may have been on TikTok, and a private one is there while the
/// service still calls it pending.
LedgerState state_of_deleted(const LedgerPost& post, const PostRecord& record, Clock::TimePoint now) {
  if (record.handed_over) return LedgerState::kPublished;
  if (post.post_status == name_of(PostState::kAwaitingApproval)) return LedgerState::kCancelled;
  const auto due = from_iso8601(record.schedule_date);
  return due && *due > now + kClockSkew ? LedgerState::kCancelled : LedgerState::kPublished;
}

LedgerState ledger_state(const LedgerPost& post, const PostRecord& record, Clock::TimePoint now) {
  switch (record.state) {
    case PostState::kPublished:
      return LedgerState::kPublished;
    case PostState::kFailed:
      return LedgerState::kFailed;
    case PostState::kDeleted:
      return state_of_deleted(post, record, now);
    case PostState::kPending:
    case PostState::kScheduled:
    case PostState::kPaused:
    case PostState::kAwaitingApproval:
    case PostState::kUnknown:
      break;
  }
  return LedgerState::kAccepted;
}

}  // namespace

std::string in_words(const std::vector<ServiceError>& errors) {
  std::string words;
  for (const ServiceError& error : errors) {
    if (!words.empty()) words += "; ";
    if (error.code != 0) words += fmt::format("(code {}) ", error.code);
    words += error.message;
  }
  return words;
}

LedgerPost settled(LedgerPost post, const PostRecord& record, Clock::TimePoint now) {
  const bool was_published = post.state == LedgerState::kPublished;
  const bool was_cancelled = post.state == LedgerState::kCancelled && record.state == PostState::kDeleted;
  if (!was_published && !was_cancelled) post.state = ledger_state(post, record, now);
  post.post_id = record.id;
  post.post_status = name_of(record.state);
  if (!record.url.empty()) post.url = record.url;
  if (!record.schedule_date.empty()) post.schedule_date = record.schedule_date;
  post.error.clear();
  if (record.state == PostState::kFailed) {
    post.error = record.errors.empty() ? "the service says that it failed, and not why" : in_words(record.errors);
  }
  if (post.state == LedgerState::kCancelled) post.error = "deleted before it went out";
  return post;
}

}  // namespace tokprep
