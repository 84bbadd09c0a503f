#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/enum_names.h"
#include "base/result.h"

namespace tokprep {

/// intent: the call is under way, or its process died. unknown: its answer was lost. accepted: the service has it.
/// published: it is on TikTok, or was and is deleted. failed: it certainly did not go out, and may be tried again.
enum class LedgerState { kIntent, kAccepted, kPublished, kFailed, kUnknown };

template <>
struct EnumNames<LedgerState> {
  static constexpr std::array kTable{std::pair{LedgerState::kIntent, std::string_view("intent")},
                                     std::pair{LedgerState::kAccepted, std::string_view("accepted")},
                                     std::pair{LedgerState::kPublished, std::string_view("published")},
                                     std::pair{LedgerState::kFailed, std::string_view("failed")},
                                     std::pair{LedgerState::kUnknown, std::string_view("unknown")}};
};

struct LedgerPost {
  std::string item;  ///< the path the user knows it by, absolute
  std::string
      content_key;  ///< SHA-256 over the sources' digests, caption and options: what is posted, not where it lies
  std::string idempotency_key;
  LedgerState state = LedgerState::kIntent;
  std::string post_id;      ///< Ayrshare's; empty before it was accepted
  std::string post_status;  ///< a name of PostState, as last heard
  std::string url;          ///< on TikTok; empty before
  std::string caption;
  std::vector<std::string> media_urls;
  std::string created;         ///< of this attempt, ISO 8601
  std::string schedule_date;   ///< ISO 8601; empty if it was to go out at once
  std::string error;           ///< why it failed, in words
  bool stays_pending = false;  ///< private or a draft: pending until its owner acts, which may be never
  int attempt = 1;             ///< above 1 once a failed one was tried again; counted by `begin`
};

/// The record that makes a post happen at most once: SQLite, one file, WAL, `synchronous=FULL`.
///
/// One per state folder; rows belong to an account (key fingerprint + profile). Several processes may have it
/// open; `begin` decides between them. Thread-safe.
class Ledger {
 public:
  /// Makes the file (mode 0600) and its folder (0700) where missing. Errors, here and below: kOutputUnwritable,
  /// kNoSpace, kIo, kTimeout (another process holds the file too long), kInvalidArgument (a file that is no ledger,
  /// is damaged, or was written by a newer version; it is named and left as it is).
  static Result<Ledger> open(const std::filesystem::path& file, std::string account);

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  /// The URL of an asset that was uploaded and lives beyond `until`: it need not be uploaded again.
  Result<std::optional<std::string>> live_upload(const std::string& sha256, Clock::TimePoint until);
  Status note_upload(const std::string& sha256, const std::string& url, Clock::TimePoint expires_at);

  /// Claims the right to post `content_key`: durable before it returns, as kIntent, without a post id. Nothing when
  /// the right is gone because a row in another state than kFailed is there already (also from another process): see
  /// `find`. A failed row becomes the new claim, with the attempt counted.
  Result<std::optional<LedgerPost>> begin(const LedgerPost& intent);

  Result<std::optional<LedgerPost>> find(const std::string& content_key);
  Result<std::optional<LedgerPost>> find_by_post_id(const std::string& post_id);

  /// Every post made of exactly these media, whatever their order, with other captions or options.
  Result<std::vector<LedgerPost>> with_media(const std::vector<std::string>& media_urls);

  /// Replaces what is known of the post with this content key: state, id, status, url, schedule, error. Changes
  /// nothing where that would undo what others found out meanwhile: a row claimed anew (its idempotency key
  /// differs), or kUnknown over one that is settled.
  Status update(const LedgerPost& post);

  /// Newest first.
  Result<std::vector<LedgerPost>> posts(int limit);
  /// All in kIntent, kUnknown or kAccepted.
  Result<std::vector<LedgerPost>> unsettled();

 private:
  class Database;
  explicit Ledger(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

/// `$TOKPREP_STATE_DIR`, else `$XDG_STATE_HOME/tokprep`, else `~/.local/state/tokprep`.
std::filesystem::path state_folder();

}  // namespace tokprep
