#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/enum_names.h"

namespace tokprep {

/// The life of a post, as the ledger has it.
enum class LedgerState {
  kPlanned,    ///< it is meant to go out, and no call was made for it
  kIntent,     ///< the call is under way, or its process died
  kAccepted,   ///< the service has it
  kPublished,  ///< it is on TikTok, or was and is deleted
  kFailed,     ///< it certainly did not go out, and may be tried again
  kUnknown,    ///< the call's answer was lost
  kCancelled,  ///< it was taken back before its date and never went out; it may be tried again
};

template <>
struct EnumNames<LedgerState> {
  static constexpr std::array kTable{std::pair{LedgerState::kPlanned, std::string_view("planned")},
                                     std::pair{LedgerState::kIntent, std::string_view("intent")},
                                     std::pair{LedgerState::kAccepted, std::string_view("accepted")},
                                     std::pair{LedgerState::kPublished, std::string_view("published")},
                                     std::pair{LedgerState::kFailed, std::string_view("failed")},
                                     std::pair{LedgerState::kUnknown, std::string_view("unknown")},
                                     std::pair{LedgerState::kCancelled, std::string_view("cancelled")}};
};

/// Whether a post may go from one state to another. A state may always be noted again.
bool may_become(LedgerState from, LedgerState to);

/// True where nothing of it is out or may come out: `Ledger::begin` may claim it (again).
bool may_be_claimed(LedgerState state);

/// True where it may be out, and nobody can tell yet: the call's answer was lost, or its process.
bool is_lost(LedgerState state);

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
  std::string goes_out = {};   ///< the moment the caps count it at, ISO 8601: its date, else when it was last heard of
                               ///< before it was accepted; kept by the ledger
  std::vector<std::string> source_digests = {};  ///< SHA-256 of the files it was made of, in order, its cover not among
                                                 ///< them; empty where an early version noted it
};

/// One change of a post's state.
struct LedgerEvent {
  std::string at;                   ///< ISO 8601
  std::optional<LedgerState> from;  ///< empty for its first
  LedgerState to = LedgerState::kPlanned;
  std::string why;  ///< in words; empty where the state says it all
  int attempt = 1;
};

/// A post of any account, with all that became of it; the events oldest first. Posts of a ledger written by an early
/// version begin with the state they had when it was brought up to date.
struct LedgerStory {
  std::string account;
  LedgerPost post;
  std::vector<LedgerEvent> events;
};

struct LedgerAccount {
  std::string account;     ///< fingerprint of the key, and of the profile key where there is one
  std::string title;       ///< of the profile; empty before the service told it
  std::string ref_id;      ///< the service's name of the profile; as above. "moved to ACCOUNT" once a newer key has it
  std::string first_seen;  ///< ISO 8601
};

/// A file that was to be posted, by what is in it.
struct LedgerAsset {
  std::string sha256;
  std::string name;  ///< of the file; empty where an early version noted no more than its upload
  std::uint64_t size_bytes = 0;
  std::string kind;        ///< its MIME type
  std::string first_seen;  ///< ISO 8601
};

/// An asset that lies, or lay, on the service.
struct LedgerUpload {
  std::string account;
  std::string sha256;
  std::string url;
  std::string expires_at;  ///< ISO 8601
};

/// A webhook delivery that was taken.
struct LedgerDelivery {
  std::string key;  ///< WebhookEvent::key
  std::string at;   ///< ISO 8601
  std::string action;
  std::string post_id;  ///< empty where it was about none
};

/// Something `LedgerView::check` found.
struct LedgerProblem {
  enum class Kind {
    kDamaged,        ///< SQLite's own check of the file
    kForeignKey,     ///< a row that refers to one that is not there
    kIllegalState,   ///< a state that is none, or a history that leads by a step that is not permitted
    kStaleIntent,    ///< in intent for longer than any call takes: its process died
    kUnknown,        ///< the answer was lost, and no history has settled it
    kOverdue,        ///< accepted, and long past its date not heard of again
    kExpiredUpload,  ///< a scheduled post's media will be gone before it goes out
  };

  Kind kind = Kind::kDamaged;
  std::string message;      ///< one sentence, with the values that matter
  std::string content_key;  ///< of the post it is about; empty if of none
  std::string item;
  std::string fix;
};

template <>
struct EnumNames<LedgerProblem::Kind> {
  using Kind = LedgerProblem::Kind;
  static constexpr std::array kTable{std::pair{Kind::kDamaged, std::string_view("damaged")},
                                     std::pair{Kind::kForeignKey, std::string_view("foreign_key")},
                                     std::pair{Kind::kIllegalState, std::string_view("illegal_state")},
                                     std::pair{Kind::kStaleIntent, std::string_view("stale_intent")},
                                     std::pair{Kind::kUnknown, std::string_view("unknown")},
                                     std::pair{Kind::kOverdue, std::string_view("overdue")},
                                     std::pair{Kind::kExpiredUpload, std::string_view("expired_upload")}};
};

/// All a ledger holds.
struct LedgerExport {
  int version = 0;  ///< of the file's schema
  std::vector<LedgerAccount> accounts;
  std::vector<LedgerAsset> assets;
  std::vector<LedgerUpload> uploads;
  std::vector<LedgerStory> posts;  ///< oldest first
  std::vector<LedgerDelivery> deliveries;
};

// Their JSON form: the members under their names, states and kinds by their names, empty optionals as null.
void to_json(nlohmann::json& json, const LedgerPost& post);
void to_json(nlohmann::json& json, const LedgerEvent& event);
void to_json(nlohmann::json& json, const LedgerStory& story);
void to_json(nlohmann::json& json, const LedgerAccount& account);
void to_json(nlohmann::json& json, const LedgerAsset& asset);
void to_json(nlohmann::json& json, const LedgerUpload& upload);
void to_json(nlohmann::json& json, const LedgerDelivery& delivery);
void to_json(nlohmann::json& json, const LedgerProblem& problem);
void to_json(nlohmann::json& json, const LedgerExport& all);

}  // namespace tokprep
