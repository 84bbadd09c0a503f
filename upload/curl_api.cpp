#include "upload/curl_api.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <string>

namespace tokprep {
namespace {

/// What dlerror says of the last failure, or that it said nothing.
std::string loader_words() {
  const char* said = dlerror();
  return said == nullptr ? "the dynamic linker gives no reason" : said;
}

Error cannot_load(const std::string& words) {
  Error error;
  error.code = ErrorCode::kInternal;  // nothing to retry
  error.message = fmt::format("libcurl cannot be loaded: {}", words);
  error.fix = "install libcurl (Debian: apt install libcurl4)";
  return error;
}

/// Finds functions by name until one is missing.
class Finder {
 public:
  explicit Finder(void* library) : library_(library) {}

  template <class Function>
  Finder& find(Function*& function, const char* name) {
    if (!missing_.empty()) return *this;
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    if (function == nullptr) missing_ = loader_words();
    return *this;
  }
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

Result<CurlApi> start_curl() {
  TOKPREP_ASSIGN(const CurlApi api, load_curl(TOKPREP_CURL_LIBRARY));
  const CURLcode code = api.global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    return fail(ErrorCode::kInternal, fmt::format("libcurl cannot start: {}", api.easy_strerror(code)), code);
  }
  return api;
}

}  // namespace

Result<CurlApi> load_curl(const char* name) {
  void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(cannot_load(loader_words()));
  CurlApi api;
  Finder finder(library);
  finder.find(api.global_init, "curl_global_init")
      .find(api.easy_init, "curl_easy_init")
      .find(api.easy_cleanup, "curl_easy_cleanup")
      .find(api.easy_reset, "curl_easy_reset")
      .find(api.easy_setopt, "curl_easy_setopt")
      .find(api.easy_getinfo, "curl_easy_getinfo")
      .find(api.easy_pause, "curl_easy_pause")
      .find(api.easy_strerror, "curl_easy_strerror")
      .find(api.multi_init, "curl_multi_init")
      .find(api.multi_cleanup, "curl_multi_cleanup")
      .find(api.multi_add_handle, "curl_multi_add_handle")
      .find(api.multi_remove_handle, "curl_multi_remove_handle")
      .find(api.multi_perform, "curl_multi_perform")
      .find(api.multi_poll, "curl_multi_poll")
      .find(api.multi_wakeup, "curl_multi_wakeup")
      .find(api.multi_info_read, "curl_multi_info_read")
      .find(api.slist_append, "curl_slist_append")
      .find(api.slist_free_all, "curl_slist_free_all")
      .find(api.mime_init, "curl_mime_init")
      .find(api.mime_free, "curl_mime_free")
      .find(api.mime_addpart, "curl_mime_addpart")
      .find(api.mime_name, "curl_mime_name")
      .find(api.mime_data, "curl_mime_data")
      .find(api.mime_data_cb, "curl_mime_data_cb")
      .find(api.mime_filename, "curl_mime_filename")
      .find(api.mime_type, "curl_mime_type");
  if (!finder.missing().empty()) return fail(cannot_load(finder.missing()));
  return api;
}

const Result<CurlApi>& curl_api() {
  static const Result<CurlApi> api = start_curl();
  return api;
}

}  // namespace tokprep
