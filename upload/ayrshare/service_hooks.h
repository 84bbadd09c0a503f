#pragma once

#include <optional>
#include <string>

#include "upload/credentials.h"

namespace tokprep {

/// Where the service shall send the events of one kind.
struct HookRegistration {
  std::string action;            ///< "scheduled" (posts, TikTok's outcome), "social" (links), "feed", …
  std::string url;               ///< https, answering without a redirect
  std::optional<Secret> secret;  ///< signs what is sent; without one anybody could have sent it
};

struct RegisteredHook {
  std::string action;
  std::string url;
};

}  // namespace tokprep
