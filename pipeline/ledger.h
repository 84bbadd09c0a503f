#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/keyed_turns.h"
#include "base/result.h"
#include "pipeline/caps.h"
#include "pipeline/ledger_types.h"
#include "upload/ayrshare/webhook.h"

namespace tokprep {

/// What the ledger says to a claim.
struct Claim {
  std::optional<LedgerPost> post;  ///< the claim; empty where there is none
  std::optional<Slot> slot;        ///< without a claim: where the post would have to go (kWait, kFull). Empty where the
                                   ///< right to post it is gone
};

/// A post that is known from the service's history alone: made by hand, or by another machine.
struct SeenPost {
  std::string post_id;
  std::string caption;
  Clock::TimePoint at;  ///< when it went out, or will
};

/// A text that goes out, or went out, at a moment.
struct SeenText {
  std::string caption;
  Clock::TimePoint at;
  std::string item;         ///< empty for a post that is known from the history alone
  std::string post_id;      ///< may be empty
  std::string content_key;  ///< as `item`
};

/// What became of a webhook delivery.
struct WebhookNoted {
  bool is_new = false;             ///< false: it was taken before, and nothing was changed
  std::optional<LedgerPost> post;  ///< the post it was about, as it is now; empty where the ledger knows none
};

/// The record that makes a post happen at most once: SQLite, one file, WAL, `synchronous=FULL`.
///
/// One per state folder; rows belong to an account (key fingerprint + profile). Several processes may have it
/// open; `begin` decides between them. Every change of a post's state is one that `may_become` permits (the file itself
/// refuses any other) and leaves an event. Thread-safe. `LedgerView` reads what is in it, of all accounts.
class Ledger {
 public:
  /// Makes the file (mode 0600) and its folder (0700) where missing. `clock` tells when things were noted; it must
  /// outlive the ledger. Errors, here and below: kOutputUnwritable, kNoSpace, kIo, kTimeout (another process holds the
  /// file too long), kInvalidArgument (a file that is no ledger, is damaged, or was written by a newer version; it is
  /// named and left as it is).
  static Result<Ledger> open(const std::filesystem::path& file, std::string account, Clock& clock = system_clock());

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  /// What the service calls the account; `open` has noted that there is one. Where other rows are those of the same
  /// profile under an earlier API key (the same `ref_id`, the same profile key), they become this account's: a new key
  /// makes no post of before a new one. Returns how many posts came over. Nothing can be claimed any more in the name
  /// of the earlier key, until the service knows it again.
  Result<int> note_account(const std::string& title, const std::string& ref_id);

  /// The right to look for an upload of these bytes and to make one: one thread at a time has it, so that what is in
  /// two posts of a run is uploaded once. Must not outlive the ledger. Error: kCancelled by a stop.
  Result<KeyedTurns::Turn> upload_turn(const std::string& sha256, const std::stop_token& stop);

  /// The URL of an asset that was uploaded and lives beyond `until`: it need not be uploaded again.
  Result<std::optional<std::string>> live_upload(const std::string& sha256, Clock::TimePoint until);
  Status note_upload(const std::string& sha256, const std::string& url, Clock::TimePoint expires_at);
  /// When the first of these uploads expires; nothing where none of them is known.
  Result<std::optional<Clock::TimePoint>> first_expiry(const std::vector<std::string>& urls);
  /// `asset.first_seen` is the ledger's to say: the first call's time.
  Status note_asset(const LedgerAsset& asset);

  /// Notes that a post is meant to go out, as kPlanned, and says where it would be placed by `wish` now. Claims
  /// nothing: other processes may plan the same, and take the place. A row that may not be claimed stays as it is.
  /// Where the place is kFull, those of posts that were planned before it count as taken, and `schedule_date` of the
  /// row keeps it: of many posts that do not fit, the last hears when the last would be out.
  Result<Slot> plan(const LedgerPost& post, const SlotWish& wish);

  /// Claims the right to post `content_key`: durable before it returns, as kIntent, without a post id. Nothing when
  /// the right is gone because a row is there already that may not be claimed (also from another process): see `find`.
  /// A planned, failed or cancelled row becomes the new claim; after a failure or a withdrawal the attempt is counted.
  /// Error: kAuth where the account's rows went over to another key meanwhile (`note_account`).
  Result<std::optional<LedgerPost>> begin(const LedgerPost& intent);

  /// The same, and in the same moment its place by `wish` among all posts that count: those of the account in kIntent,
  /// kUnknown, kAccepted or kPublished, and those seen in the history. The claim has the date it was given (kDate) in
  /// `schedule_date`, or none where it may go out at once. Without a place there is no claim.
  Result<Claim> begin(const LedgerPost& intent, const SlotWish& wish);

  Result<std::optional<LedgerPost>> find(const std::string& content_key);
  Result<std::optional<LedgerPost>> find_by_post_id(const std::string& post_id);

  /// Every post made of exactly these media, whatever their order, with other captions or options.
  Result<std::vector<LedgerPost>> with_media(const std::vector<std::string>& media_urls);

  /// Replaces what is known of the post with this content key: state, id, status, url, schedule, error. False, and
  /// nothing changed, where that would undo what others found out meanwhile: a row claimed anew (its idempotency key
  /// differs), or a step that `may_become` does not permit. `why` goes into the event; by default the error.
  Result<bool> update(const LedgerPost& post, const std::string& why = {});

  /// Takes an event of the service once, however often it is delivered, and notes what it says of a post of ours (of
  /// any account) by its post id. Keys of deliveries older than a month are forgotten. Error: kUnavailable for a post
  /// that no row names while some row still waits for its id: nothing is kept, and the service is to send it again.
  Result<WebhookNoted> note_webhook(const WebhookEvent& event);

  /// Newest first, without those that are only planned.
  Result<std::vector<LedgerPost>> posts(int limit);
  /// All in kIntent, kUnknown or kAccepted.
  Result<std::vector<LedgerPost>> unsettled();

  /// When the account's history was last read, by whatever process; nothing if never.
  Result<std::optional<Clock::TimePoint>> history_read();
  /// Replaces all that is known by the history alone. One that is a row of ours too, by its post id, counts once.
  Status note_history(const std::vector<SeenPost>& posts);
  /// The history no longer shows this one: it was taken back. Until the next `note_history` it would count all the
  /// same.
  Status forget_seen(const std::string& post_id);

  /// The texts of this account's posts that count (as in `begin`) from `from` to `to`.
  Result<std::vector<SeenText>> texts_between(Clock::TimePoint from, Clock::TimePoint to);

 private:
  class Database;
  class Taking;
  explicit Ledger(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

/// `$TOKPREP_STATE_DIR`, else `$XDG_STATE_HOME/tokprep`, else `~/.local/state/tokprep`.
std::filesystem::path state_folder();

}  // namespace tokprep
