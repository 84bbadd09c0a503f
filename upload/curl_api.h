#pragma once

#include <curl/curl.h>

#include "base/result.h"

namespace tokprep {

/// The functions of libcurl that CurlClient calls, found when the first transfer starts. libcurl brings some thirty
/// libraries with it (LDAP, Kerberos, SSH, …), which cost every start of the program more than all else together; a
/// probe, a conversion, `--help` need none of them. Each means what libcurl's manual says of the function of its name.
struct CurlApi {
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_easy_init) easy_init = nullptr;
  decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&curl_easy_reset) easy_reset = nullptr;
  decltype(&curl_easy_setopt) easy_setopt = nullptr;
  decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&curl_easy_pause) easy_pause = nullptr;
  decltype(&curl_easy_strerror) easy_strerror = nullptr;
  decltype(&curl_multi_init) multi_init = nullptr;
  decltype(&curl_multi_cleanup) multi_cleanup = nullptr;
  decltype(&curl_multi_add_handle) multi_add_handle = nullptr;
  decltype(&curl_multi_remove_handle) multi_remove_handle = nullptr;
  decltype(&curl_multi_perform) multi_perform = nullptr;
  decltype(&curl_multi_poll) multi_poll = nullptr;
  decltype(&curl_multi_wakeup) multi_wakeup = nullptr;
  decltype(&curl_multi_info_read) multi_info_read = nullptr;
  decltype(&curl_slist_append) slist_append = nullptr;
  decltype(&curl_slist_free_all) slist_free_all = nullptr;
  decltype(&curl_mime_init) mime_init = nullptr;
  decltype(&curl_mime_free) mime_free = nullptr;
  decltype(&curl_mime_addpart) mime_addpart = nullptr;
  decltype(&curl_mime_name) mime_name = nullptr;
  decltype(&curl_mime_data) mime_data = nullptr;
  decltype(&curl_mime_data_cb) mime_data_cb = nullptr;
  decltype(&curl_mime_filename) mime_filename = nullptr;
  decltype(&curl_mime_type) mime_type = nullptr;
};

/// Loads the library `name` and finds every function in it: kInternal where the library or one of them is missing.
/// What is loaded stays loaded.
Result<CurlApi> load_curl(const char* name);

/// The libcurl this program was built for, loaded and initialised by the first call; any thread may make it. An error
/// stays the answer for as long as the process lives.
const Result<CurlApi>& curl_api();

}  // namespace tokprep
