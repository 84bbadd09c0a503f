#pragma once

#include "upload/sandbox/router.h"

namespace tokprep::sandbox {

/// One function a chapter of the API. `site` must outlive the router.

void add_small_upload_routes(Router& router, Site& site);  ///< POST /media/upload
void add_large_upload_routes(Router& router, Site& site);  ///< GET /media/uploadUrl, PUT /upload/TOKEN
void add_media_routes(Router& router, Site& site);         ///< GET /media (both), POST /media/urlExists
void add_post_routes(Router& router, Site& site);          ///< POST and DELETE /post, POST /validate/post
void add_history_routes(Router& router, Site& site);       ///< GET /post/ID, /history, /history/ID, /user
void add_page_routes(Router& router, Site& site);          ///< GET /, for people

}  // namespace tokprep::sandbox
