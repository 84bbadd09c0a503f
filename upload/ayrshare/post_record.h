#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/enum_names.h"

namespace tokprep {

/// One refusal inside a reply, in the service's own words.
struct ServiceError {
  int code = 0;  ///< Ayrshare's numeric code; 0 if none
  std::string message;
  std::string platform;
  bool pre_check = false;  ///< refused before anything was sent ("verifyCheck")
};

enum class PostState {
  kPending,
  kScheduled,
  kPaused,  ///< scheduled, and held back: it goes out on no date
  kAwaitingApproval,
  kPublished,
  kFailed,
  kDeleted,
  kUnknown,
};

template <>
struct EnumNames<PostState> {
  static constexpr std::array kTable{std::pair{PostState::kPending, std::string_view("pending")},
                                     std::pair{PostState::kScheduled, std::string_view("scheduled")},
                                     std::pair{PostState::kPaused, std::string_view("paused")},
                                     std::pair{PostState::kAwaitingApproval, std::string_view("awaiting approval")},
                                     std::pair{PostState::kPublished, std::string_view("published")},
                                     std::pair{PostState::kFailed, std::string_view("failed")},
                                     std::pair{PostState::kDeleted, std::string_view("deleted")},
                                     std::pair{PostState::kUnknown, std::string_view("unknown")}};
};

/// What the service says of one post: the answer of POST /post, GET /post/:id, each entry of /history, a webhook.
struct PostRecord {
  std::string id;  ///< Ayrshare's
  std::string ref_id;
  PostState state = PostState::kUnknown;
  bool handed_over = false;  ///< TikTok was given it and did not refuse, whatever became of it since
  std::string tiktok_id;     ///< digits once published; empty before
  std::string url;           ///< on TikTok; empty before
  std::string caption;
  std::string notes;
  std::vector<std::string> media_urls;
  std::string created;        ///< ISO 8601
  std::string schedule_date;  ///< ISO 8601; empty if none
  std::vector<ServiceError> errors;
};

/// id, status, url (null before it is known), and of the rest what is filled.
void to_json(nlohmann::json& json, const PostRecord& record);

}  // namespace tokprep
