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
};

/// Everything the server remembers; the document posts.json.
struct Book {
  std::string account;
  std::map<std::string, StoredMedia> media;     ///< by path
  std::map<std::string, UploadTicket> tickets;  ///< by token
  std::vector<Post> posts;                      ///< oldest first

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
      std::pair{sandbox::PostState::kPending, std::string_view("pending")},
      std::pair{sandbox::PostState::kPublished, std::string_view("published")},
      std::pair{sandbox::PostState::kFailed, std::string_view("failed")},
      std::pair{sandbox::PostState::kRefused, std::string_view("refused")},
      std::pair{sandbox::PostState::kDeleted, std::string_view("deleted")}};
};

}  // namespace tokprep
