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
  return Refusal{code::kTextTooLong, fmt::format("TikTok: the post has {} characters, {} more than the {} allowed.",
                                                 length, length - kTextUtf16Units, kTextUtf16Units)};
}

std::optional<Refusal> judge_thumbnail(const std::string& url, const Site& site) {
  const MediaType* type = media_type_of_name(url);
  const bool usable =
      type != nullptr && (type->mime == "image/jpeg" || type->mime == "image/png" || type->mime == "image/webp");
  if (!usable) {
    return Refusal{code::kParameter, "tikTokOptions.thumbNail: must end in .jpg, .jpeg, .png or .webp"};
  }
  // Somebody else's https address has to be believed: the sandbox reaches nothing but itself.
  if (url.starts_with("https://") || find(url, site)) return std::nullopt;
  return Refusal{code::kMediaUrl, fmt::format("Media URLs invalid. tikTokOptions.thumbNail: {} is not there.", url)};
}

Refusal pre_check(bool is_video, const std::string& url, const std::string& why) {
  return {is_video ? code::kVideoRefused : code::kImageRefused, fmt::format("{}: {}", url, why), true};
}

/// A file that breaks a rule: seen by the service beforehand, or by TikTok later.
Verdict refused_file(bool is_video, const std::string& url, const std::string& why, const Site& site) {
  if (site.config.pre_check) return {.refusal = pre_check(is_video, url, why), .late_failure = ""};
  return {.refusal = std::nullopt, .late_failure = "file_format_check_failed"};
}

/// What the service, or later TikTok, would say of one file that is here.
Verdict judge_file(const StoredMedia& media, const std::string& url, const Site& site) {
  const MediaType* type = media_type_of_name(media.path);
  const bool is_video = type->kind == Kind::kVideo;
  if (type->mime == "image/png") return refused_file(false, url, "TikTok does not take PNG images.", site);
  if (!site.config.inspect) return {};
  const Inspection seen = site.config.inspect(site.store->file_of(media.path));
  if (seen.late_reason) return {.refusal = std::nullopt, .late_failure = *seen.late_reason};
  if (seen.refusal) return refused_file(is_video, url, *seen.refusal, site);
  if (seen.kind == type->kind) return {};
  return refused_file(is_video, url,
                      fmt::format("The file is no {}, whatever its name says.", is_video ? "video" : "image"), site);
}

/// The files of a post, all of which must be there and bear a known extension.
tl::expected<std::vector<StoredMedia>, Refusal> find_all(const std::vector<std::string>& urls, const Site& site) {
  std::vector<StoredMedia> files;
  for (const std::string& url : urls) {
    const auto media = find(url, site);
    if (!media || media_type_of_name(url) == nullptr) {
      return tl::unexpected(
          Refusal{.code = code::kMediaUrl,
                  .message = fmt::format("Media URLs invalid. {} is not there, or has no known extension.", url)});
    }
    files.push_back(*media);
  }
  return files;
}

bool stands(PostState state) {
  return state == PostState::kAwaitingApproval || state == PostState::kScheduled || state == PostState::kPending ||
         state == PostState::kPublished || state == PostState::kPaused;
}

}  // namespace

Verdict judge_media_and_text(const PostRequest& request, const Site& site) {
  const auto refused = [](Refusal refusal) { return Verdict{.refusal = std::move(refusal), .late_failure = ""}; };
  if (auto refusal = judge_text(request.text)) return refused(*refusal);
  const auto files = find_all(request.media_urls, site);
  if (!files) return refused(files.error());
  if (request.thumbnail) {
    if (auto refusal = judge_thumbnail(*request.thumbnail, site)) return refused(*refusal);
  }
  Verdict verdict;
  for (std::size_t i = 0; i < files->size(); ++i) {
    Verdict of_file = judge_file((*files)[i], request.media_urls[i], site);
    if (of_file.refusal) return of_file;
    if (verdict.late_failure.empty()) verdict.late_failure = std::move(of_file.late_failure);
  }
  return verdict;
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
                 fmt::format("Duplicate of post {}: the same text and media within two days.", same->id)};
}

}  // namespace tokprep::sandbox
