#pragma once

#include "base/result.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

/// Moves every post to where it should be by now: scheduled ones go out when their time has come, pending ones end
/// published or failed `publish_delay` later, and webhooks are told. Called before each request, so that nobody can
/// see a post in between, and by the courier. A clock that jumps (or a server that was off) changes nothing.
Status advance(Site& site);

}  // namespace tokprep::sandbox
