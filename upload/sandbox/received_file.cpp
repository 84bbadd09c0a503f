#include "upload/sandbox/received_file.h"

#include <system_error>

#include "base/digest.h"
#include "upload/sandbox/ids.h"

namespace tokprep::sandbox {
namespace {

/// "1167335b-…-jpeg" of "<account>/1167335b-….jpeg".
std::string id_of_path(std::string_view path) {
  std::string id(path.substr(path.rfind('/') + 1));
  if (const std::size_t dot = id.rfind('.'); dot != std::string::npos) id[dot] = '-';
  return id;
}

}  // namespace

Result<ReceivedFile> ReceivedFile::begin(const Store& store, std::uint64_t limit_bytes) {
  TOKPREP_ASSIGN(PendingFile file, store.new_incoming());
  return ReceivedFile(std::move(file), limit_bytes);
}

void ReceivedFile::add(std::string_view bytes) {
  size_bytes_ += bytes.size();
  if (written_ && !over_limit()) written_ = file_.write(bytes);
}

Result<StoredMedia> ReceivedFile::keep(Site& site, const MediaLabel& label) && {
  TOKPREP_TRY(std::move(written_));
  StoredMedia media{.id = id_of_path(label.path),
                    .path = label.path,
                    .file_name = label.file_name,
                    .description = label.description,
                    .content_type = label.content_type,
                    .sha256 = "",
                    .size_bytes = size_bytes_,
                    .created_ms = site.now_ms(),
                    .expires_ms = 0};
  media.expires_ms = media.created_ms + std::chrono::milliseconds(label.kept_for).count();
  TOKPREP_ASSIGN(media.sha256, sha256_of_file(file_.path(), RunContext{}));
  TOKPREP_TRY(site.store->keep(std::move(file_), media.path));
  const Status noted = site.store->change([&](Book& book) -> Status {
    book.media[media.path] = media;
    return {};
  });
  if (!noted) {
    std::error_code ignored;  // bytes the book does not know would stay for ever
    std::filesystem::remove(site.store->file_of(media.path), ignored);
    return fail(noted.error());
  }
  return media;
}

std::string new_media_path(const Store& store, std::string_view extension) {
  std::string path = store.read([](const Book& book) { return book.account; }) + "/" + random_uuid();
  if (!extension.empty()) path += "." + std::string(extension);
  return path;
}

}  // namespace tokprep::sandbox
