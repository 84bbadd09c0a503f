#include "codecs/mp4/metadata_names.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "codecs/mp4/box.h"
#include "codecs/mp4/byte_reader.h"

namespace tokprep::mp4 {
namespace {

constexpr std::size_t kMaxTags = 64;
constexpr std::size_t kMaxNameBytes = 128;

// Whole names, or the beginning of a family where the entry ends with a dot.
constexpr std::array kNames{
    std::pair{std::string_view("©xyz"), PrivateKind::kGps},
    std::pair{std::string_view("loci"), PrivateKind::kGps},
    std::pair{std::string_view("GPMF"), PrivateKind::kGps},  // GoPro telemetry, its GPS track included
    std::pair{std::string_view("com.apple.quicktime.location."), PrivateKind::kGps},
    std::pair{std::string_view("com.apple.quicktime.GPS."), PrivateKind::kGps},
    std::pair{std::string_view("©mak"), PrivateKind::kDevice},
    std::pair{std::string_view("©mod"), PrivateKind::kDevice},
    std::pair{std::string_view("©swr"), PrivateKind::kDevice},
    std::pair{std::string_view("manu"), PrivateKind::kDevice},
    std::pair{std::string_view("modl"), PrivateKind::kDevice},
    std::pair{std::string_view("CNDA"), PrivateKind::kDevice},
    std::pair{std::string_view("MVTG"), PrivateKind::kDevice},
    std::pair{std::string_view("FIRM"), PrivateKind::kDevice},  // GoPro: firmware, lens and camera serials
    std::pair{std::string_view("LENS"), PrivateKind::kDevice},
    std::pair{std::string_view("CAME"), PrivateKind::kDevice},
    std::pair{std::string_view("MUID"), PrivateKind::kDevice},
    std::pair{std::string_view("GUMI"), PrivateKind::kDevice},
    std::pair{std::string_view("smrd"), PrivateKind::kDevice},  // Samsung
    std::pair{std::string_view("smta"), PrivateKind::kDevice},
    std::pair{std::string_view("SDLN"), PrivateKind::kDevice},
    std::pair{std::string_view("com.apple.quicktime.make"), PrivateKind::kDevice},
    std::pair{std::string_view("com.apple.quicktime.model"), PrivateKind::kDevice},
    std::pair{std::string_view("com.apple.quicktime.software"), PrivateKind::kDevice},
    std::pair{std::string_view("com.apple.quicktime.camera."), PrivateKind::kDevice},
    std::pair{std::string_view("com.android.version"), PrivateKind::kDevice},
    std::pair{std::string_view("com.android.manufacturer"), PrivateKind::kDevice},
    std::pair{std::string_view("com.android.model"), PrivateKind::kDevice},
    std::pair{std::string_view("©aut"), PrivateKind::kOwner},
    std::pair{std::string_view("auth"), PrivateKind::kOwner},
    std::pair{std::string_view("©ART"), PrivateKind::kOwner},
    std::pair{std::string_view("©cpy"), PrivateKind::kOwner},
    std::pair{std::string_view("cprt"), PrivateKind::kOwner},
    std::pair{std::string_view("ownr"), PrivateKind::kOwner},
    std::pair{std::string_view("apID"), PrivateKind::kOwner},
    std::pair{std::string_view("com.apple.quicktime.author"), PrivateKind::kOwner},
    std::pair{std::string_view("com.apple.quicktime.artist"), PrivateKind::kOwner},
    std::pair{std::string_view("com.apple.quicktime.copyright"), PrivateKind::kOwner},
    std::pair{std::string_view("©day"), PrivateKind::kTime},
    std::pair{std::string_view("date"), PrivateKind::kTime},
    std::pair{std::string_view("com.apple.quicktime.creationdate"), PrivateKind::kTime},
    std::pair{std::string_view("XMP_"), PrivateKind::kOther},
    std::pair{std::string_view("Xtra"), PrivateKind::kOther},  // Windows' own properties
    std::pair{std::string_view("com.apple.quicktime.content.identifier"), PrivateKind::kOther},
};

constexpr std::string_view kXmpUuid("\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", 16);

void collect_name(std::string_view name, std::vector<PrivateTag>& tags) {
  if (const auto kind = kind_of_name(name)) add_tag(tags, *kind, name);
}

/// QuickTime's table of key names: the values refer to it by number.
void collect_keys(std::string_view body, std::vector<PrivateTag>& tags) {
  ByteReader reader(body);
  reader.skip(8);
  while (reader.ok() && reader.rest().size() >= 8) {
    const std::uint32_t size = reader.u32();
    reader.skip(4);
    if (size < 8) return;
    collect_name(reader.bytes(size - 8), tags);
  }
}

/// A mebx description lists its keys, each in a box of its own around a keyd box.
void collect_mebx(std::string_view entry, std::vector<PrivateTag>& tags) {
  if (entry.size() < 8) return;
  const BoxList parts = child_boxes(entry.substr(8));
  const BoxView* keys = parts.find(fourcc("keys"));
  if (keys == nullptr) return;
  for (const BoxView& key : child_boxes(keys->body).boxes) {
    const BoxList definition = child_boxes(key.body);
    const BoxView* keyd = definition.find(fourcc("keyd"));
    if (keyd != nullptr && keyd->body.size() > 4) collect_name(keyd->body.substr(4), tags);
  }
}

}  // namespace

void add_tag(std::vector<PrivateTag>& tags, PrivateKind kind, std::string_view name) {
  const bool known = std::ranges::any_of(tags, [&](const PrivateTag& tag) { return tag.name == name; });
  if (!known && tags.size() < kMaxTags) tags.push_back({kind, std::string(name.substr(0, kMaxNameBytes))});
}

std::optional<PrivateKind> kind_of_name(std::string_view name) {
  for (const auto& [known, kind] : kNames) {
    if (name == known || (known.ends_with('.') && name.starts_with(known))) return kind;
  }
  return std::nullopt;
}

void collect_user_data(std::string_view body, std::vector<PrivateTag>& tags) {
  for (const BoxView& box : child_boxes(body).boxes) {
    if (box.type == fourcc("meta")) collect_meta(box.body, tags);
    else collect_name(name_of(box.type), tags);
  }
}

void collect_meta(std::string_view body, std::vector<PrivateTag>& tags) {
  // ISO puts version and flags before the children, QuickTime does not.
  const bool quicktime = body.size() >= 8 && body.substr(4, 4) == "hdlr";
  const BoxList parts = child_boxes(quicktime ? body : body.substr(std::min<std::size_t>(4, body.size())));
  if (const BoxView* keys = parts.find(fourcc("keys"))) return collect_keys(keys->body, tags);
  const BoxView* items = parts.find(fourcc("ilst"));
  if (items == nullptr) return;
  for (const BoxView& item : child_boxes(items->body).boxes) collect_name(name_of(item.type), tags);
}

void collect_timed_metadata(std::string_view stsd_body, std::vector<PrivateTag>& tags) {
  if (stsd_body.size() < 8) return;
  for (const BoxView& entry : child_boxes(stsd_body.substr(8)).boxes) {
    if (entry.type == fourcc("mebx")) collect_mebx(entry.body, tags);
    if (entry.type == fourcc("gpmd")) add_tag(tags, PrivateKind::kGps, "gpmd track");
    if (entry.type == fourcc("camm")) add_tag(tags, PrivateKind::kGps, "camm track");
  }
}

void collect_uuid(std::string_view body, std::vector<PrivateTag>& tags) {
  if (body.starts_with(kXmpUuid)) add_tag(tags, PrivateKind::kOther, "XMP");
}

}  // namespace tokprep::mp4
