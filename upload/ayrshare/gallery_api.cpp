#include "base/json.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"

namespace tokprep {
namespace {

/// A look that found nothing may be answered by HTTP 200 or by a 4xx; both carry `statusCode`.
bool is_url_check(int status, const Json& body) { return status < 500 && number_member(body, "statusCode") != 0; }

GalleryFile gallery_file(const Json& entry) {
  GalleryFile file;
  file.id = text_member(entry, "id");
  file.url = text_member(entry, "url");
  file.file_name = text_member(entry, "fileName");
  file.description = text_member(entry, "description");
  file.created = date_member(entry, "timeCreated");
  file.expires_at = date_member(entry, "expiresAt");
  file.size_bytes = count_member(entry, "size");  // a text of digits
  return file;
}

}  // namespace

Result<UrlCheck> AyrshareClient::url_exists(const std::string& url, const RunContext& run) {
  const HttpRequest request = with_json("POST", "/media/urlExists", {{"mediaUrl", url}});
  TOKPREP_ASSIGN(const Json reply, call(request, run, is_url_check));
  UrlCheck check;
  check.status = number_member(reply, "statusCode");
  check.reachable = text_member(reply, "status") == "success" && (check.status == 0 || check.status / 100 == 2);
  check.content_type = text_member(reply, "contentType");
  return check;
}

Result<std::vector<GalleryFile>> AyrshareClient::gallery(const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", "/media"), run));
  if (!reply.is_array()) return fail(unreadable_answer("GET /media", "list"));
  std::vector<GalleryFile> files;
  for (const Json& entry : reply) {
    if (entry.is_object()) files.push_back(gallery_file(entry));
  }
  return files;
}

}  // namespace tokprep
