#pragma once

#include <string>

#include "base/result.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

/// Moves every post to where it should be by now: scheduled ones go out when their time has come, pending ones end
/// published or failed `publish_delay` later. Called before each request: nobody can see a post in between, so
/// no thread has to wait for it, and a clock that jumps (or a server that was off) changes nothing.
Status advance(Site& site);

/// "idShare": TikTok's name of what it was handed.
std::string new_share_id(bool is_video);

/// True for a post that TikTok keeps pending: private ones and drafts.
bool stays_pending(const Post& post);

}  // namespace tokprep::sandbox
