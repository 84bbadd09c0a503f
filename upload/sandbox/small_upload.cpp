#include <fmt/format.h>

#include "upload/sandbox/base64.h"
#include "upload/sandbox/codes.h"
#include "upload/sandbox/media_types.h"
#include "upload/sandbox/received_file.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

constexpr std::uint64_t kSmallUploadBytes = 30'000'000;
constexpr std::size_t kDataUriBodyBytes = 42'000'000;  // 30 MB in base64, and the rest of the document
constexpr std::size_t kFormTextBytes = 64'000;
constexpr std::chrono::hours kSmallUploadKept{24 * 90};

/// What a small upload brought, by form or by JSON.
struct SmallUpload {
  std::optional<ReceivedFile> file;
  Status opened;                    // whether the disk would take the file
  const MediaType* type = nullptr;  // said by a data URI; else the names tell
  std::string part_name;            // the file part's own name
  std::string file_name;            // the field
  std::string description;
  std::string unknown_part;  // of the form: the first that nobody knows
};

void begin_file(SmallUpload& upload, Site& site) {
  Result<ReceivedFile> file = ReceivedFile::begin(*site.store, kSmallUploadBytes);
  if (file) upload.file.emplace(std::move(*file));
  else upload.opened = fail(file.error());
}

/// Refusal sent: false.
bool read_form(Exchange& exchange, Site& site, SmallUpload& upload) {
  const auto ignored = [](std::string_view) {};
  std::function<void(std::string_view)> take = ignored;
  const auto text_into = [](std::string& field) {
    return [&field](std::string_view bytes) {
      field += bytes.substr(0, kFormTextBytes - std::min(kFormTextBytes, field.size()));
    };
  };
  const auto header = [&](const httplib::MultipartFormData& part) {
    take = ignored;
    if (part.name == "file" && !upload.file) {
      upload.part_name = part.filename;
      begin_file(upload, site);
      if (upload.file) take = [&upload](std::string_view bytes) { upload.file->add(bytes); };
    } else if (part.name == "fileName") {
      take = text_into(upload.file_name);
    } else if (part.name == "description") {
      take = text_into(upload.description);
    } else if (part.name != "source" && upload.unknown_part.empty()) {
      upload.unknown_part = part.name.empty() ? "(a part without a name)" : part.name;
    }
    return true;
  };
  const bool whole = exchange.read_parts(header, [&](std::string_view bytes) {
    take(bytes);
    return !site.stopping;
  });
  if (!whole) exchange.refuse(400, 400, "The form was cut short, or is none.");
  else if (!upload.unknown_part.empty())
    exchange.refuse(refuse_field(upload.unknown_part, "unknown part; file, fileName and description are known"),
                    "request");
  return whole && upload.unknown_part.empty();
}

/// "data:image/jpeg;base64,…". Refusal sent: false.
bool read_data_uri(Exchange& exchange, Site& site, std::string_view uri, SmallUpload& upload) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kEncoding = ";base64,";
  const std::size_t encoding = uri.find(kEncoding);
  std::optional<std::string> bytes;
  if (uri.starts_with(kScheme) && encoding != std::string_view::npos) {
    upload.type = media_type_of_mime(uri.substr(kScheme.size(), encoding - kScheme.size()));
    bytes = decode_base64(uri.substr(encoding + kEncoding.size()));
  }
  if (!bytes) {
    exchange.refuse(400, code::kParameter, "file: must be a data URI such as data:image/jpeg;base64,….");
    return false;
  }
  begin_file(upload, site);
  if (upload.file) upload.file->add(*bytes);
  return true;
}

/// Refusal sent: false.
bool read_json(Exchange& exchange, Site& site, SmallUpload& upload) {
  const auto body = exchange.json_body(kDataUriBodyBytes);
  if (!body) return false;
  upload.file_name = body->value("fileName", "");
  upload.description = body->value("description", "");
  return read_data_uri(exchange, site, (*body)["file"].get_ref<const std::string&>(), upload);
}

void finish_small_upload(Exchange& exchange, Site& site, SmallUpload upload) {
  if (!upload.opened) return exchange.refuse(500, 500, describe(upload.opened.error()));
  if (!upload.file || upload.file->size_bytes() == 0)
    return exchange.refuse(400, code::kParameter, "file: is missing or empty.");
  if (upload.file->over_limit()) {
    return exchange.refuse(400, 400,
                           fmt::format("file: has {} bytes, and {} are the most here; use /media/uploadUrl.",
                                       upload.file->size_bytes(), kSmallUploadBytes));
  }
  if (upload.file_name.empty()) upload.file_name = upload.part_name;
  const MediaType* type = upload.type;
  if (type == nullptr) type = media_type_of_name(upload.part_name);
  if (type == nullptr) type = media_type_of_name(upload.file_name);
  if (type == nullptr)
    return exchange.refuse(400, code::kParameter,
                           "file: is of no known type; its name must end in .mp4, .mov, .jpg or the like.");
  const Result<StoredMedia> media = std::move(*upload.file)
                                        .keep(site, {.path = new_media_path(*site.store, type->extension),
                                                     .file_name = upload.file_name,
                                                     .description = upload.description,
                                                     .content_type = std::string(type->mime),
                                                     .kept_for = kSmallUploadKept});
  if (!media) return exchange.refuse(500, 500, describe(media.error()));
  exchange.reply(200, {{"id", media->id},
                       {"url", site.media_url(media->path)},
                       {"fileName", media->file_name},
                       {"description", media->description}});
}

void small_upload(Exchange& exchange, Site& site) {
  SmallUpload upload;
  const bool form = exchange.request().is_multipart_form_data();
  if (form ? read_form(exchange, site, upload) : read_json(exchange, site, upload)) {
    finish_small_upload(exchange, site, std::move(upload));
  }
}

}  // namespace

void add_small_upload_routes(Router& router, Site& site) {
  for (const char* path : {"/media/upload", "/upload"}) {
    router.api("POST", path, [&site](Exchange& exchange) { small_upload(exchange, site); });
  }
}

}  // namespace tokprep::sandbox
