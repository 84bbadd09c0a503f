#include "upload/sandbox/post_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/digest.h"
#include "base/text.h"
#include "upload/sandbox/media_types.h"

namespace tokprep::sandbox {
namespace {

using Kind = Inspection::Kind;

constexpr std::size_t kTextUtf16Units = 2200;
constexpr std::int64_t kDuplicateWindowMs = std::int64_t{48} * 3'600'000;

std::optional<StoredMedia> find(const std::string& url, const Site& site) {
  const auto path = site.media_path(url);
  if (!path) return std::nullopt;
  return site.store->read([&](const Book& book) -> std::optional<StoredMedia> {
    const StoredMedia* media = book.find_media(*path, site.now_ms());
    return media == nullptr ? std::nullopt : std::optional(*media);
  });
}

std::optional<Refusal> judge_text(const std::string& text) {
  const std::size_t length = utf16_length(text);
  if (length <= kTextUtf16Units) return std::nullopt;
  return Refusal{code::kTextTooLong,
                 fmt::format("TikTok: the post has {} characters, {} more than the {} allowed.", length,
                             length - kTextUtf16Units, kTextUtf16Units),
                 false};
}

std::optional<Refusal> judge_thumbnail(const std::string& url, const Site& site) {
  const MediaType* type = media_type_of_name(url);
  const bool usable =
      type != nullptr && (type->mime == "image/jpeg" || type->mime == "image/png" || type->mime == "image/webp");
  if (!usable) {
    return Refusal{code::kParameter, "tikTokOptions.thumbNail: must end in .jpg, .jpeg, .png or .webp", false};
  }
  // Somebody else's https address has to be believed: the sandbox reaches nothing but itself.
  if (url.starts_with("https://") || find(url, site)) return std::nullopt;
  return Refusal{code::kMediaUrl, fmt::format("Media URLs invalid. tikTokOptions.thumbNail: {} is not there.", url),
                 false};
}

Refusal pre_check(bool is_video, const std::string& url, const std::string& why) {
  return {is_video ? code::kVideoRefused : code::kImageRefused, fmt::format("{}: {}", url, why), true};
}

/// What TikTok would say of one file that is here.
std::optional<Refusal> judge_file(const StoredMedia& media, const std::string& url, const Site& site) {
  const MediaType* type = media_type_of_name(media.path);
  const bool is_video = type->kind == Kind::kVideo;
  if (type->mime == "image/png") return pre_check(false, url, "TikTok does not take PNG images.");
  if (!site.inspect) return std::nullopt;
  const Inspection seen = site.inspect(site.store->file_of(media.path));
  if (seen.refusal) return pre_check(is_video, url, *seen.refusal);
  if (seen.kind != type->kind) {
    return pre_check(is_video, url,
                     fmt::format("The file is no {}, whatever its name says.", is_video ? "video" : "image"));
  }
  return std::nullopt;
}

bool stands(PostState state) {
  return state == PostState::kAwaitingApproval || state == PostState::kScheduled || state == PostState::kPending ||
         state == PostState::kPublished;
}

}  // namespace

std::optional<Refusal> judge_media_and_text(const PostRequest& request, const Site& site) {
  if (auto refusal = judge_text(request.text)) return refusal;
  std::vector<StoredMedia> files;
  for (const std::string& url : request.media_urls) {
    const auto media = find(url, site);
    if (!media || media_type_of_name(url) == nullptr) {
      return Refusal{code::kMediaUrl,
                     fmt::format("Media URLs invalid. {} is not there, or has no known extension.", url), false};
    }
    files.push_back(*media);
  }
  if (request.thumbnail) {
    if (auto refusal = judge_thumbnail(*request.thumbnail, site)) return refusal;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (auto refusal = judge_file(files[i], request.media_urls[i], site)) return refusal;
  }
  return std::nullopt;
}

std::vector<std::string> media_paths(const std::vector<std::string>& urls, const Site& site) {
  std::vector<std::string> paths;
  for (const std::string& url : urls) {
    if (auto path = site.media_path(url)) paths.push_back(std::move(*path));
  }
  return paths;
}

std::string fingerprint(const std::string& text, const std::vector<std::string>& paths, const Book& book,
                        std::int64_t now_ms) {
  std::string whole = sha256_of(text);
  for (const std::string& path : paths) {
    const StoredMedia* media = book.find_media(path, now_ms);
    if (media == nullptr) return "";
    whole += media->sha256;
  }
  return sha256_of(whole);
}

std::optional<Refusal> find_duplicate(const Book& book, const Post& post) {
  const auto same = std::ranges::find_if(book.posts, [&](const Post& other) {
    return !post.fingerprint.empty() && other.fingerprint == post.fingerprint && other.profile == post.profile &&
           stands(other.state) && std::abs(other.due_ms - post.due_ms) < kDuplicateWindowMs;
  });
  if (same == book.posts.end()) return std::nullopt;
  return Refusal{code::kDuplicate,
                 fmt::format("Duplicate of post {}: the same text and media within two days.", same->id), false};
}

}  // namespace tokprep::sandbox
