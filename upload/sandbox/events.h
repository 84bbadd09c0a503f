#pragma once

#include "upload/sandbox/records.h"

namespace tokprep::sandbox {

/// What webhooks are told. Both write into the outbox of the book they are given, so that an event is on disk with
/// what it tells of; without a webhook for it they do nothing. A profile's own webhook wins over the primary one's.

/// A scheduled post was handed to TikTok, or could not be.
void tell_scheduled(Book& book, const Post& post, std::int64_t now_ms);

/// TikTok has finished with a post: published, or failed.
void tell_finished(Book& book, const Post& post, std::int64_t now_ms);

}  // namespace tokprep::sandbox
