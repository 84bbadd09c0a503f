#include "codecs/av/private_metadata.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "codecs/mp4/metadata_names.h"

extern "C" {
#include <libavutil/dict.h>
}

namespace tokprep::av {
namespace {

// Lower case; tag names of Matroska, RIFF, ASF, Vorbis comments and ID3 as libav passes them on. An entry that
// ends with '*' is the beginning of a family, such as "location-eng".
constexpr std::array kNames{
    std::pair{std::string_view("location*"), PrivateKind::kGps},
    std::pair{std::string_view("geo*"), PrivateKind::kGps},
    std::pair{std::string_view("gps*"), PrivateKind::kGps},
    std::pair{std::string_view("recording_location"), PrivateKind::kGps},
    std::pair{std::string_view("make"), PrivateKind::kDevice},
    std::pair{std::string_view("model"), PrivateKind::kDevice},
    std::pair{std::string_view("software"), PrivateKind::kDevice},
    std::pair{std::string_view("firmware"), PrivateKind::kDevice},
    std::pair{std::string_view("device"), PrivateKind::kDevice},
    std::pair{std::string_view("device_*"), PrivateKind::kDevice},
    std::pair{std::string_view("camera*"), PrivateKind::kDevice},
    std::pair{std::string_view("serial*"), PrivateKind::kDevice},
    std::pair{std::string_view("artist"), PrivateKind::kOwner},
    std::pair{std::string_view("author"), PrivateKind::kOwner},
    std::pair{std::string_view("copyright"), PrivateKind::kOwner},
    std::pair{std::string_view("owner"), PrivateKind::kOwner},
    std::pair{std::string_view("account_id"), PrivateKind::kOwner},
    std::pair{std::string_view("creation_time"), PrivateKind::kTime},
    std::pair{std::string_view("creationdate"), PrivateKind::kTime},
    std::pair{std::string_view("date"), PrivateKind::kTime},
    std::pair{std::string_view("date_*"), PrivateKind::kTime},
};

std::optional<PrivateKind> kind_of_tag(std::string_view name) {
  if (const auto kind = mp4::kind_of_name(name)) return kind;
  const std::string lower = to_lower(name);
  for (const auto& [known, kind] : kNames) {
    const bool family = known.ends_with('*') && lower.starts_with(known.substr(0, known.size() - 1));
    if (lower == known || family) return kind;
  }
  return std::nullopt;
}

/// Values that say nothing: none, a clock that was never set, and the web page of a Vorbis "LOCATION".
bool is_void(std::string_view value) {
  return value.empty() || value.starts_with("1970-01-01T00:00:00") || value.starts_with("http");
}

void collect(const AVDictionary* dictionary, std::vector<PrivateTag>& found) {
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
    if (is_void(entry->value)) continue;
    if (const auto kind = kind_of_tag(entry->key)) mp4::add_tag(found, *kind, entry->key);
  }
}

}  // namespace

void collect_private_metadata(const AVFormatContext& format, std::vector<PrivateTag>& tags) {
  std::vector<PrivateTag> found;
  collect(format.metadata, found);
  for (unsigned i = 0; i < format.nb_streams; ++i) collect(format.streams[i]->metadata, found);
  const std::vector<PrivateTag> known = tags;
  for (const PrivateTag& tag : found) {
    if (std::ranges::find(known, tag.kind, &PrivateTag::kind) == known.end()) mp4::add_tag(tags, tag.kind, tag.name);
  }
}

}  // namespace tokprep::av
