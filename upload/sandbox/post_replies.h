#pragma once

#include "upload/sandbox/post_request.h"
#include "upload/sandbox/records.h"

namespace tokprep::sandbox {

/// The answers about posts, in the service's shapes.

/// One entry of `errors[]`.
Json error_entry(const Refusal& refusal);

/// To POST /post: taken, scheduled, waiting for approval, or refused.
Json submitted_reply(const Post& post);

/// With a Profile-Key the same answer is wrapped.
Json wrapped_for_profile(Json reply);

/// GET /post/ID.
Json post_reply(const Post& post);

/// An entry of GET /history.
Json history_entry(const Post& post);

/// GET /history/ID, where `scheduleDate` is an object.
Json history_detail(const Post& post);

/// "awaiting approval", "deleted", "error", "paused", "pending" or "success".
std::string_view service_status(PostState state);

/// "now" or "scheduled".
std::string_view service_type(const Post& post);

/// The TikTok page of a published post.
std::string tiktok_url(const Post& post);

}  // namespace tokprep::sandbox
