#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/json.h"

namespace tokprep::sandbox {

/// One file the server keeps. Its bytes are `data_dir/media/<path>`, its address `/media/<path>`.
struct StoredMedia {
  std::string id;
  std::string path;       ///< "<account>/<uuid>.mp4"
  std::string file_name;  ///< the sender's
  std::string description;
  std::string content_type;
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::int64_t created_ms = 0;
  std::int64_t expires_ms = 0;
};

/// The right to send one file, given by GET /media/uploadUrl.
struct UploadTicket {
  std::string token;
  std::string path;  ///< what the file will be
  std::string file_name;
  std::string content_type;
  std::int64_t expires_ms = 0;
};

enum class PostState {
  kAwaitingApproval,
  kScheduled,
  kPaused,     ///< scheduled, and held back
  kPending,    ///< with TikTok
  kPublished,  ///< TikTok has it
  kFailed,     ///< TikTok did not take it
  kRefused,    ///< never left the service
  kDeleted,
};

/// One POST /post, and what became of it.
struct Post {
  std::string id;
  std::string ref_id;
  std::string profile;                   ///< tells profiles apart without their keys; empty: the primary one
  Json request;                          ///< the body, as it was taken
  std::vector<std::string> media_paths;  ///< of its mediaUrls, as far as they are ours: outlive a change of port
  bool is_video = false;
  PostState state = PostState::kPending;
  std::int64_t created_ms = 0;
  std::int64_t due_ms = 0;  ///< when it goes to TikTok
  std::string fingerprint;  ///< of text and media bytes: equal posts are duplicates
  std::string share_id;     ///< "idShare"
  std::string tiktok_id;    ///< digits, once published
  Json errors = Json::array();
  std::int64_t sent_ms = 0;  ///< when TikTok was handed it; 0: not yet
  std::string late_failure;  ///< TikTok's reason, known beforehand to the server alone: how it will end
  bool was_retried = false;  ///< once is all there is
};

/// Where a profile's events of one action go.
struct Hook {
  std::string url;
  std::string ref_id;
  std::int64_t updated_ms = 0;
};

/// What a profile's webhooks are signed with.
struct HookSecret {
  std::string secret;
  std::int64_t until_ms = 0;  ///< 0: the newest one, without end
};

/// An event on its way to a webhook. Written down together with what it tells of, so that neither is lost.
struct Delivery {
  std::string id;       ///< X-Ayrshare-Delivery-Id
  std::string hook_id;  ///< of the event: the same on every repetition
  std::string profile;
  std::string action;
  std::string url;
  std::string body;  ///< the bytes that are signed
  int attempt = 1;
  std::int64_t created_ms = 0;
  std::int64_t due_ms = 0;
};

/// One try of a delivery, as GET /hook/history shows it.
struct DeliveryRecord {
  std::string id, hook_id, profile, action, url;
  int attempt = 1;
  int status = 0;  ///< HTTP; 503 where no answer came in time
  std::int64_t sent_ms = 0;
  bool will_repeat = false;
};

/// Everything the server remembers; the document posts.json.
struct Book {
  std::string account;
  std::map<std::string, StoredMedia> media;                     ///< by path
  std::map<std::string, UploadTicket> tickets;                  ///< by token
  std::vector<Post> posts;                                      ///< oldest first
  std::int64_t linked_ms = 0;                                   ///< when TikTok's consent was given
  std::map<std::string, std::map<std::string, Hook>> hooks;     ///< by profile and action
  std::map<std::string, std::vector<HookSecret>> hook_secrets;  ///< by profile, newest first
  std::vector<Delivery> outbox;                                 ///< oldest event first
  std::vector<DeliveryRecord> deliveries;                       ///< the last of them, oldest first

  /// nullptr where there is none, or it has expired.
  [[nodiscard]] const StoredMedia* find_media(const std::string& path, std::int64_t now_ms) const;
  [[nodiscard]] const Post* find_post(const std::string& id) const;
  [[nodiscard]] Post* find_post(const std::string& id);
};

void to_json(Json& json, const Book& book);
void from_json(const Json& json, Book& book);

}  // namespace tokprep::sandbox

namespace tokprep {

template <>
struct EnumNames<sandbox::PostState> {
  static constexpr std::array kTable{
      std::pair{sandbox::PostState::kAwaitingApproval, std::string_view("awaiting approval")},
      std::pair{sandbox::PostState::kScheduled, std::string_view("scheduled")},
      std::pair{sandbox::PostState::kPaused, std::string_view("paused")},
      std::pair{sandbox::PostState::kPending, std::string_view("pending")},
      std::pair{sandbox::PostState::kPublished, std::string_view("published")},
      std::pair{sandbox::PostState::kFailed, std::string_view("failed")},
      std::pair{sandbox::PostState::kRefused, std::string_view("refused")},
      std::pair{sandbox::PostState::kDeleted, std::string_view("deleted")}};
};

}  // namespace tokprep
