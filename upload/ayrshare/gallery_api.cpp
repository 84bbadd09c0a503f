#include "base/json.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"

namespace tokprep {
namespace {

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
