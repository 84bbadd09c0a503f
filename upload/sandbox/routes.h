#pragma once

#include <cstddef>

#include "upload/sandbox/router.h"

namespace tokprep::sandbox {

/// The longest JSON body, but for uploads.
inline constexpr std::size_t kPostBodyBytes = 1'000'000;

/// One function a chapter of the API. `site` must outlive the router.

void add_small_upload_routes(Router& router, Site& site);  ///< POST /media/upload
void add_large_upload_routes(Router& router, Site& site);  ///< GET /media/uploadUrl, PUT /upload/TOKEN
void add_media_routes(Router& router, Site& site);         ///< GET /media (both), POST /media/urlExists
void add_post_routes(Router& router, Site& site);          ///< POST /post, POST /validate/post
void add_update_routes(Router& router, Site& site);        ///< PATCH and PUT /post, PUT /post/retry
void add_delete_routes(Router& router, Site& site);        ///< DELETE /post
void add_length_routes(Router& router);                    ///< POST /validate/postLength
void add_history_routes(Router& router, Site& site);       ///< GET /post/ID, /history, /history/ID, /history/tiktok
void add_account_routes(Router& router, Site& site);       ///< GET /user
void add_hook_routes(Router& router, Site& site);          ///< /hook/webhook, its secret, /hook/history
void add_control_routes(Router& router, Site& site);       ///< /sandbox/counts and /sandbox/faults, for tests
void add_page_routes(Router& router, Site& site);          ///< GET /, for people

}  // namespace tokprep::sandbox
