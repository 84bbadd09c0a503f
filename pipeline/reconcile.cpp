#include <algorithm>
#include <utility>

#include "pipeline/publish.h"
#include "pipeline/settled_post.h"

namespace tokprep {
namespace {

// The history names at most this many; the newest first.
constexpr int kHistoryLimit = 500;
constexpr int kHistoryDays = 30;
constexpr int kHistoryAllDays = 0;

std::vector<std::string> sorted(std::vector<std::string> urls) {
  std::ranges::sort(urls);
  return urls;
}

/// Captions come back with other white space at times.
std::string squeezed(std::string_view text) {
  std::string words;
  for (const char c : text) {
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!is_space) words += c;
    else if (!words.empty() && words.back() != ' ') words += ' ';
  }
  if (words.ends_with(' ')) words.pop_back();
  return words;
}

HistoryQuery query_for(const LedgerPost& post, Clock::TimePoint now) {
  const auto created = from_iso8601(post.created);
  const bool recent = created && now - *created < std::chrono::days(kHistoryDays - 1);
  return {kHistoryLimit, recent ? kHistoryDays : kHistoryAllDays};
}

/// Looks for the one record that a lost post can be. A wrong "found" loses a post and a wrong "failed" doubles one, so
/// whatever could also be another post is passed over.
class HistorySearch {
 public:
  HistorySearch(const LedgerPost& post, Ledger& ledger) : post_(post), ledger_(ledger) {}

  Result<std::optional<PostRecord>> find_in(const std::vector<PostRecord>& history) {
    TOKPREP_TRY(learn_about_media());
    for (const PostRecord& record : history) {
      if (is_named(record)) return record;
    }
    std::vector<PostRecord> by_urls;
    std::vector<PostRecord> by_text;
    for (const PostRecord& record : history) {
      if (!key_in_note(record.notes).empty()) continue;  // another attempt, or another post
      const bool same_urls = has_our_urls(record);
      if (!same_urls && !has_our_text(record)) continue;
      TOKPREP_ASSIGN(const auto owner, ledger_.find_by_post_id(record.id));
      if (owner && owner->content_key != post_.content_key) continue;
      (same_urls ? by_urls : by_text).push_back(record);
    }
    return choose(by_urls.empty() ? std::move(by_text) : std::move(by_urls));
  }

 private:
  /// Uploads are used again, by other posts of the same media and by later attempts: then URLs alone say little.
  Status learn_about_media() {
    TOKPREP_ASSIGN(const auto posts, ledger_.with_media(post_.media_urls));
    urls_are_ours_alone_ = posts.size() <= 1 && post_.attempt == 1;
    for (const LedgerPost& other : posts) {
      const bool is_twin = other.content_key != post_.content_key && squeezed(other.caption) == squeezed(post_.caption);
      has_lost_twin_ = has_lost_twin_ || (is_lost(other.state) && is_twin);
    }
    return {};
  }

  /// No doubt is left by a key: no two attempts share one.
  [[nodiscard]] bool is_named(const PostRecord& record) const {
    return !post_.idempotency_key.empty() && key_in_note(record.notes) == post_.idempotency_key;
  }

  [[nodiscard]] bool has_our_urls(const PostRecord& record) const {
    return !post_.media_urls.empty() && sorted(record.media_urls) == sorted(post_.media_urls) && is_no_older(record);
  }

  /// What was there before the call cannot have come of it.
  [[nodiscard]] bool is_no_older(const PostRecord& record) const {
    const auto ours = from_iso8601(post_.created);
    const auto theirs = from_iso8601(record.created);
    return ours && theirs && *theirs >= *ours - kClockSkew;
  }

  [[nodiscard]] bool has_our_text(const PostRecord& record) const {
    const std::string caption = squeezed(post_.caption);
    if (caption.empty() || !record.media_urls.empty() || squeezed(record.caption) != caption) return false;
    return is_no_older(record);
  }

  [[nodiscard]] std::optional<PostRecord> choose(std::vector<PostRecord> candidates) const {
    const bool certain = urls_are_ours_alone_ && !candidates.empty() && has_our_urls(candidates.front());
    if (!certain) {
      // The failures of an earlier attempt or of a twin look just like ours.
      std::erase_if(candidates, [&](const PostRecord& record) {
        return record.state == PostState::kFailed || squeezed(record.caption) != squeezed(post_.caption);
      });
      if (has_lost_twin_ || candidates.size() != 1) return std::nullopt;
    }
    const auto live =
        std::ranges::find_if(candidates, [](const PostRecord& record) { return record.state != PostState::kFailed; });
    return live != candidates.end() ? *live : candidates.front();
  }

  const LedgerPost& post_;
  Ledger& ledger_;
  bool urls_are_ours_alone_ = false;
  bool has_lost_twin_ = false;
};

constexpr std::string_view kNoteBegin = "tokprep ";

}  // namespace

std::string key_note(const std::string& idempotency_key) { return std::string(kNoteBegin) + idempotency_key; }

std::string key_in_note(const std::string& notes) {
  return notes.starts_with(kNoteBegin) ? notes.substr(kNoteBegin.size()) : std::string();
}

Result<LedgerPost> reconcile(const LedgerPost& post, AyrshareClient& client, Ledger& ledger, const RunContext& run) {
  std::optional<PostRecord> record;
  if (!post.post_id.empty()) {
    TOKPREP_ASSIGN(record, client.get_post(post.post_id, run));
  } else if (post.state == LedgerState::kIntent || post.state == LedgerState::kUnknown) {
    TOKPREP_ASSIGN(const auto history, client.history(query_for(post, run.clock->now()), run));
    TOKPREP_ASSIGN(record, HistorySearch(post, ledger).find_in(history));
  }
  if (!record) return post;
  LedgerPost known = settled(post, *record, run.clock->now());
  TOKPREP_ASSIGN(const bool noted, ledger.update(known));
  if (noted) return known;
  // Somebody else found out more, or claimed it anew, meanwhile.
  TOKPREP_ASSIGN(auto row, ledger.find(known.content_key));
  return row.value_or(std::move(known));
}

}  // namespace tokprep
