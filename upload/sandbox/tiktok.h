#pragma once

#include <string>

#include "upload/sandbox/post_replies.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

/// TikTok behind the service: what it is handed, how much of it, and how that ends.

/// Hands a post over at `now_ms`: it is pending from then on. Decides, for the server alone, whether TikTok will
/// refuse it: more posts than a minute or a day allows, consent that ended, a failure that was asked for.
void hand_over(Post& post, const Book& book, const Site& site, std::int64_t now_ms);

/// Ends a pending post: published, or failed as `hand_over` decided.
void settle(Post& post);

/// True for a post that TikTok keeps pending: private ones and drafts.
bool stays_pending(const Post& post);

/// True for a post that everybody may see; webhooks do not tell of others.
bool is_public(const Post& post);

/// Days until the consent of TikTok's user ends; 0 when it has.
int consent_days_left(const Book& book, const Site& site, std::int64_t now_ms);

}  // namespace tokprep::sandbox
