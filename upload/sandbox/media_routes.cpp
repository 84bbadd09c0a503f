#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "upload/sandbox/dates.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

std::optional<StoredMedia> find_media(const Site& site, const std::string& path) {
  return site.store->read([&](const Book& book) -> std::optional<StoredMedia> {
    const StoredMedia* media = book.find_media(path, site.now_ms());
    return media == nullptr ? std::nullopt : std::optional(*media);
  });
}

/// Writes a piece of an open file; false where the file has no more, or the client has gone.
bool send_piece(int fd, std::size_t offset, std::size_t length, httplib::DataSink& sink) {
  std::array<char, std::size_t{1} << 16> buffer{};
  while (length > 0) {
    const ssize_t got = ::pread(fd, buffer.data(), std::min(length, buffer.size()), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || !sink.write(buffer.data(), static_cast<std::size_t>(got))) return false;
    offset += static_cast<std::size_t>(got);
    length -= static_cast<std::size_t>(got);
  }
  return true;
}

/// httplib announces the length that was asked for even where the file is shorter, so ends past the end are moved
/// in here. The request is const only for handlers. False where a range begins past the end.
bool fit_ranges(const httplib::Request& request, std::uint64_t size_bytes) {
  const auto size = static_cast<ssize_t>(size_bytes);
  for (auto& [first, last] : const_cast<httplib::Request&>(request).ranges) {
    if (first >= size) return false;
    last = std::min(last, first < 0 ? size : size - 1);  // first < 0: the last `last` bytes
  }
  return true;
}

void send_media(Exchange& exchange, Site& site) {
  const auto media = find_media(site, exchange.tail);
  if (!media) return exchange.refuse(404, 404, "There is no such file.");
  Result<FileDescriptor> opened = open_for_reading(site.store->file_of(media->path));
  if (!opened) return exchange.refuse(404, 404, "The file is gone.");
  exchange.response().set_header("X-Content-Type-Options", "nosniff");
  if (!fit_ranges(exchange.request(), media->size_bytes)) {
    exchange.response().set_header("Content-Range", fmt::format("bytes */{}", media->size_bytes));
    exchange.response().status = 416;
    return;
  }
  exchange.response().status = exchange.request().ranges.empty() ? 200 : 206;
  exchange.response().set_content_provider(media->size_bytes, media->content_type,
                                           [file = std::make_shared<FileDescriptor>(std::move(*opened))](
                                               std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                                             return send_piece(file->get(), offset, length, sink);
                                           });
}

void check_url(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(100'000);
  if (!body) return;
  const auto path = site.media_path((*body)["mediaUrl"].get_ref<const std::string&>());
  const auto media = path ? find_media(site, *path) : std::nullopt;
  if (media) {
    exchange.reply(200, {{"status", "success"}, {"statusCode", 200}, {"contentType", media->content_type}});
  } else {
    const char* why = path ? "Not Found" : "Not Found: the sandbox reaches nothing but itself";
    exchange.reply(200, {{"status", "error"}, {"statusCode", 404}, {"statusText", why}});
  }
}

void list_gallery(Exchange& exchange, Site& site) {
  std::vector<StoredMedia> files = site.store->read([&](const Book& book) {
    std::vector<StoredMedia> kept;
    for (const auto& [path, media] : book.media) {
      if (media.expires_ms > site.now_ms()) kept.push_back(media);
    }
    return kept;
  });
  std::ranges::stable_sort(files, std::ranges::greater(), &StoredMedia::created_ms);
  Json gallery = Json::array();
  for (const StoredMedia& media : files) {
    gallery.push_back({{"id", media.id},
                       {"timeCreated", to_iso8601_ms(media.created_ms)},
                       {"size", std::to_string(media.size_bytes)},
                       {"url", site.media_url(media.path)},
                       {"fileName", media.file_name},
                       {"description", media.description},
                       {"expiresAt", to_iso8601_ms(media.expires_ms)}});
  }
  exchange.reply(200, gallery);
}

}  // namespace

void add_media_routes(Router& router, Site& site) {
  router.open("GET", "/media/*", [&site](Exchange& exchange) { send_media(exchange, site); });
  router.api("POST", "/media/urlExists", [&site](Exchange& exchange) { check_url(exchange, site); });
  router.api("GET", "/media", [&site](Exchange& exchange) { list_gallery(exchange, site); });
}

}  // namespace tokprep::sandbox
