#pragma once

#include "upload/sandbox/records.h"

namespace tokprep::sandbox {

/// What the book says was received, for GET /sandbox/counts:
///
///     "uploads": {"total", "bytes", "files": [{"path", "file_name", "sha256", "bytes"}]}
///     "posts": {"accepted", "refused", "by_idempotency_key": {key: posts accepted with it},
///               "duplicates": how often the same media bytes and caption were accepted again from one profile,
///               "duplicate_groups": [[post ids]],
///               "accepted_posts": [{"id", "profile", "idempotency_key", "caption", "media_sha256": […], "state",
///                                   "created", "due"}]}
///     "webhooks": {"waiting", "tries", "delivered"}
Json counts_of(const Book& book);

}  // namespace tokprep::sandbox
