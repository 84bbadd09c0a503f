#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "upload/sandbox/codes.h"
#include "upload/sandbox/ids.h"
#include "upload/sandbox/media_types.h"
#include "upload/sandbox/received_file.h"
#include "upload/sandbox/routes.h"
#include "upload/sandbox/storage_words.h"

namespace tokprep::sandbox {
namespace {

constexpr std::chrono::hours kLargeUploadKept{24 * 30};
constexpr std::chrono::milliseconds kTicketLife = std::chrono::minutes(30);
constexpr std::array<std::string_view, 6> kShortNames{"mp4", "mov", "quicktime", "png", "jpg", "jpeg"};
constexpr std::string_view kAnyBytes = "application/octet-stream";

/// The type a ticket is for: the short name in `contentType`, else the end of `fileName`.
const MediaType* asked_type(const httplib::Request& request) {
  const std::string short_name = request.get_param_value("contentType");
  if (short_name == "quicktime") return media_type_of_extension("mov");
  if (const MediaType* type = media_type_of_extension(short_name)) return type;
  return media_type_of_name(request.get_param_value("fileName"));
}

void give_ticket(Exchange& exchange, Site& site) {
  const std::string file_name = exchange.request().get_param_value("fileName");
  if (file_name.empty()) return exchange.refuse(400, code::kParameter, "fileName: is missing.");
  const std::string short_name = exchange.request().get_param_value("contentType");
  if (!short_name.empty() && std::ranges::find(kShortNames, short_name) == kShortNames.end()) {
    return exchange.refuse(400, code::kParameter, "contentType: must be mp4, mov, png, jpg or jpeg, not a MIME type.");
  }
  const MediaType* type = asked_type(exchange.request());
  const UploadTicket ticket{.token = random_alphanumerics(48),
                            .path = new_media_path(*site.store, type == nullptr ? "" : type->extension),
                            .file_name = file_name,
                            .content_type = std::string(type == nullptr ? kAnyBytes : type->mime),
                            .expires_ms = site.now_ms() + kTicketLife.count()};
  const Status noted = site.store->change([&](Book& book) -> Status {
    std::erase_if(book.tickets, [&](const auto& entry) { return entry.second.expires_ms <= site.now_ms(); });
    book.tickets[ticket.token] = ticket;
    return {};
  });
  if (!noted) return exchange.refuse(500, 500, describe(noted.error()));
  exchange.reply(200, {{"accessUrl", site.media_url(ticket.path)},
                       {"contentType", ticket.content_type},
                       {"uploadUrl", site.origin() + "/upload/" + ticket.token}});
}

/// Takes the ticket out of the book, so that of two uploads one is refused. A wrong header leaves it valid.
Result<UploadTicket> claim_ticket(Exchange& exchange, Site& site) {
  const auto denied = [](const char* why) { return fail(ErrorCode::kAuth, why); };
  const auto slip = [&](const char* why) {
    exchange.note_violation(why);
    return denied(why);
  };
  if (exchange.request().has_header("Authorization")) return slip("A signed address takes no Authorization.");
  if (exchange.request().has_header("Profile-Key")) return slip("A signed address takes no Profile-Key.");
  return site.store->change([&](Book& book) -> Result<UploadTicket> {
    const auto found = book.tickets.find(exchange.tail);
    if (found == book.tickets.end()) return denied("The address is unknown or used.");
    if (found->second.expires_ms <= site.now_ms()) return denied("The address has expired.");
    if (found->second.content_type != exchange.header("Content-Type"))
      return slip("Content-Type is not the signed one.");
    UploadTicket ticket = found->second;
    book.tickets.erase(found);
    return ticket;
  });
}

void large_upload(Exchange& exchange, Site& site) {
  const Result<UploadTicket> ticket = claim_ticket(exchange, site);
  if (!ticket && ticket.error().code == ErrorCode::kAuth) {
    return refuse_as_storage(exchange, 403, "AccessDenied", ticket.error().message);
  }
  if (!ticket) return refuse_as_storage(exchange, 500, "InternalError", "The disk failed.");
  Result<ReceivedFile> file = ReceivedFile::begin(*site.store);
  if (!file) return refuse_as_storage(exchange, 500, "InternalError", "The disk failed.");
  const bool whole = exchange.read_bytes([&](std::string_view bytes) {
    file->add(bytes);
    return !site.stopping;
  });
  if (!whole && exchange.response().status == 413) {
    return refuse_as_storage(exchange, 413, "EntityTooLarge", "A file may have 5,000,000,000 bytes.");
  }
  if (!whole) return refuse_as_storage(exchange, 400, "IncompleteBody", "Fewer bytes came than Content-Length says.");
  if (file->size_bytes() == 0) return refuse_as_storage(exchange, 400, "IncompleteBody", "The body is empty.");
  const Result<StoredMedia> media = std::move(*file).keep(site, {.path = ticket->path,
                                                                 .file_name = ticket->file_name,
                                                                 .description = "",
                                                                 .content_type = ticket->content_type,
                                                                 .kept_for = kLargeUploadKept});
  if (!media) return refuse_as_storage(exchange, 500, "InternalError", "The disk failed.");
  exchange.response().status = 200;
}

}  // namespace

void add_large_upload_routes(Router& router, Site& site) {
  router.api("GET", "/media/uploadUrl", [&site](Exchange& exchange) { give_ticket(exchange, site); });
  router.open("PUT", "/upload/*", [&site](Exchange& exchange) { large_upload(exchange, site); });
}

}  // namespace tokprep::sandbox
