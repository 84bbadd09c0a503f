#include "upload/sandbox/page.h"

#include <fmt/format.h>

#include "upload/sandbox/dates.h"
#include "upload/sandbox/ids.h"
#include "upload/sandbox/post_replies.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

constexpr std::size_t kPostsShown = 200;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>tokprep sandbox</title>
<style nonce="{}">
:root {{ color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif }}
body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
article {{ border: 1px solid #8886; border-radius: .5rem; padding: 1rem; margin: 1rem 0 }}
.media {{ display: flex; gap: .5rem; overflow-x: auto }}
video, img {{ height: 20rem; max-width: 100%; border-radius: .25rem; background: #8883 }}
.state {{ font-weight: 600 }} .failed, .refused {{ color: #c22 }} .published {{ color: #182 }}
.caption {{ white-space: pre-wrap; overflow-wrap: anywhere }}
small {{ opacity: .75 }}
</style></head><body>
<h1>tokprep sandbox</h1>
)";

std::string media_element(const StoredMedia& media) {
  const std::string address = escape_html("/media/" + media.path);
  if (media.content_type.starts_with("video/")) {
    return fmt::format("<video src=\"{}\" controls preload=\"metadata\"></video>\n", address);
  }
  return fmt::format("<img src=\"{}\" alt=\"{}\" loading=\"lazy\">\n", address, escape_html(media.file_name));
}

std::string media_row(const Post& post, const Book& book, std::int64_t now_ms) {
  std::string row = "<div class=\"media\">\n";
  for (const std::string& path : post.media_paths) {
    const StoredMedia* media = book.find_media(path, now_ms);
    row += media != nullptr ? media_element(*media) : std::string("<p>(expired)</p>\n");
  }
  return row + "</div>\n";
}

std::string reasons(const Post& post) {
  std::string text;
  for (const Json& error : post.errors) {
    text += fmt::format("<p class=\"failed\">{}: {}</p>\n", error.value("code", 0),
                        escape_html(error.value("message", "")));
  }
  return text;
}

std::string article(const Post& post, const Book& book, std::int64_t now_ms) {
  std::string text =
      fmt::format("<article>\n<p><span class=\"state {0}\">{0}</span> <small>{1} &middot; {2}</small></p>\n",
                  name_of(post.state), to_iso8601(from_ms(post.due_ms)), escape_html(post.id));
  text += media_row(post, book, now_ms);
  text += fmt::format("<p class=\"caption\">{}</p>\n", escape_html(post.request.value("post", "")));
  const std::string notes = post.request.value("notes", "");
  if (!notes.empty()) text += fmt::format("<p><small>{}</small></p>\n", escape_html(notes));
  if (!post.tiktok_id.empty()) text += fmt::format("<p><small>{}</small></p>\n", escape_html(tiktok_url(post)));
  return text + reasons(post) + "</article>\n";
}

void send_page(Exchange& exchange, Site& site) {
  const std::string nonce = random_hex(32);
  const std::string html = site.store->read([&](const Book& book) { return page(book, site.now_ms(), nonce); });
  exchange.response().set_header("Content-Security-Policy", page_policy(nonce));
  exchange.response().set_header("X-Content-Type-Options", "nosniff");
  exchange.response().status = 200;
  exchange.response().set_content(html, "text/html; charset=utf-8");
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string page_policy(std::string_view nonce) {
  return fmt::format(
      "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'nonce-{}'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      nonce);
}

std::string page(const Book& book, std::int64_t now_ms, std::string_view nonce) {
  std::string html = fmt::format(kHead, nonce);
  html += fmt::format("<p>Nothing here has left this machine. Posts: {}. Files: {}.</p>\n", book.posts.size(),
                      book.media.size());
  std::size_t shown = 0;
  for (auto post = book.posts.rbegin(); post != book.posts.rend() && shown < kPostsShown; ++post, ++shown) {
    html += article(*post, book, now_ms);
  }
  return html + "</body></html>\n";
}

void add_page_routes(Router& router, Site& site) {
  router.open("GET", "/", [&site](Exchange& exchange) { send_page(exchange, site); });
}

}  // namespace tokprep::sandbox
