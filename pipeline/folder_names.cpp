#include "pipeline/folder_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace tokprep {
namespace {

using namespace std::string_view_literals;

// ".ts" is not here: it is as often a program's source, and a real transport stream is told by its bytes.
constexpr std::array kVideoExtensions = {"mp4"sv,  "m4v"sv, "mov"sv,  "qt"sv,  "mkv"sv,  "webm"sv, "avi"sv,  "wmv"sv,
                                         "asf"sv,  "flv"sv, "f4v"sv,  "mpg"sv, "mpeg"sv, "m2v"sv,  "mts"sv,  "m2ts"sv,
                                         "vob"sv,  "3gp"sv, "3g2"sv,  "ogv"sv, "mxf"sv,  "dv"sv,   "y4m"sv,  "ivf"sv,
                                         "h264"sv, "264"sv, "h265"sv, "265"sv, "hevc"sv, "rm"sv,   "rmvb"sv, "divx"sv};
constexpr std::array kImageExtensions = {"jpg"sv,  "jpeg"sv, "jpe"sv, "jfif"sv, "png"sv, "webp"sv, "gif"sv, "heic"sv,
                                         "heif"sv, "avif"sv, "tif"sv, "tiff"sv, "bmp"sv, "jxl"sv,  "jp2"sv};
constexpr std::array kSoundExtensions = {"mp3"sv,  "m4a"sv, "aac"sv, "wav"sv,  "flac"sv, "ogg"sv, "oga"sv,
                                         "opus"sv, "wma"sv, "aif"sv, "aiff"sv, "amr"sv,  "caf"sv};
constexpr std::array kDocumentExtensions = {"pdf"sv, "ps"sv, "eps"sv, "ai"sv, "svg"sv, "ico"sv};
constexpr std::array kPartialEndings = {".part"sv, ".partial"sv, ".crdownload"sv, ".download"sv, ".tmp"sv};

std::string extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : to_lower(name.substr(dot + 1));
}

bool has_one_of(std::string_view name, const auto& extensions) {
  return std::ranges::find(extensions, extension_of(name)) != extensions.end();
}

/// The part before `ending`, in any case of letters; nothing where the name does not end so.
std::optional<std::string> before(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return std::nullopt;
  const std::size_t length = name.size() - ending.size();
  if (to_lower(name.substr(length)) != ending) return std::nullopt;
  return std::string(name.substr(0, length));
}

/// NAME.cover.EXT with an image's extension.
std::optional<std::string> cover_stem(std::string_view name) {
  if (!has_one_of(name, kImageExtensions)) return std::nullopt;
  return before(name.substr(0, name.rfind('.')), ".cover");
}

std::string stem_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return std::string(dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot));
}

}  // namespace

FileName read_file_name(std::string_view name) {
  if (name.starts_with('.')) return {NameRole::kHidden, stem_of(name)};
  if (std::ranges::any_of(kPartialEndings, [&](auto ending) { return before(name, ending).has_value(); })) {
    return {NameRole::kPartial, stem_of(name)};
  }
  if (name == "tokprep.toml") return {NameRole::kSettings, ""};
  if (to_lower(name) == "post.json") return {NameRole::kOptions, ""};
  if (auto stem = before(name, ".tokprep.json")) return {NameRole::kRecord, std::move(*stem)};
  if (auto stem = before(name, ".post.json")) return {NameRole::kOptions, std::move(*stem)};
  if (auto stem = before(name, ".txt")) return {NameRole::kCaption, std::move(*stem)};
  if (auto stem = cover_stem(name)) return {NameRole::kCover, std::move(*stem)};
  return {NameRole::kPlain, stem_of(name)};
}

std::optional<MediaKind> promised_kind(std::string_view name) {
  if (has_one_of(name, kVideoExtensions)) return MediaKind::kVideo;
  if (has_one_of(name, kImageExtensions)) return MediaKind::kImage;
  return std::nullopt;
}

std::string_view reason_unfit(std::string_view name) {
  if (has_one_of(name, kSoundExtensions)) return "sound without a picture";
  return has_one_of(name, kDocumentExtensions) ? "a document" : "";
}

}  // namespace tokprep
