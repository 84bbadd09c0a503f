#include "codecs/vips/private_tags.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "codecs/vips/jpeg_markers.h"
#include "codecs/vips/tiff_tags.h"

namespace tokprep::still {
namespace {

using vips::VImage;

struct Known {
  PrivateKind kind;
  std::string_view name;
};

// EXIF tags that tell of a person, a device or a moment; a name here also covers names that begin with it. A copyright
// notice is meant to be read by everybody.
constexpr std::array kExif{
    Known{PrivateKind::kGps, "GPS"},
    Known{PrivateKind::kDevice, "Make"},  // and MakerNote
    Known{PrivateKind::kDevice, "Model"},
    Known{PrivateKind::kDevice, "UniqueCameraModel"},
    Known{PrivateKind::kDevice, "Lens"},
    Known{PrivateKind::kDevice, "BodySerialNumber"},
    Known{PrivateKind::kDevice, "CameraSerialNumber"},
    Known{PrivateKind::kDevice, "HostComputer"},
    Known{PrivateKind::kDevice, "Software"},
    Known{PrivateKind::kDevice, "ImageUniqueID"},
    Known{PrivateKind::kOwner, "Artist"},
    Known{PrivateKind::kOwner, "CameraOwnerName"},
    Known{PrivateKind::kOwner, "XPAuthor"},
    Known{PrivateKind::kTime, "DateTime"},
    Known{PrivateKind::kTime, "SubSecTime"},
    Known{PrivateKind::kTime, "SubsecTime"},
    Known{PrivateKind::kTime, "OffsetTime"},
    Known{PrivateKind::kOther, "ImageDescription"},
    Known{PrivateKind::kOther, "UserComment"},
    Known{PrivateKind::kOther, "XP"},
};

// Looked for as plain text in an XMP packet.
constexpr std::array kXmp{
    Known{PrivateKind::kGps, "GPSLatitude"},           Known{PrivateKind::kGps, "GPSLongitude"},
    Known{PrivateKind::kGps, "Iptc4xmpCore:Location"}, Known{PrivateKind::kGps, "photoshop:City"},
    Known{PrivateKind::kDevice, "tiff:Make"},          Known{PrivateKind::kDevice, "tiff:Model"},
    Known{PrivateKind::kDevice, "SerialNumber"},       Known{PrivateKind::kDevice, "aux:Lens"},
    Known{PrivateKind::kOwner, "dc:creator"},          Known{PrivateKind::kOwner, "OwnerName"},
    Known{PrivateKind::kTime, "xmp:CreateDate"},       Known{PrivateKind::kTime, "photoshop:DateCreated"},
};

constexpr std::array kTiffTags{
    std::pair{tiff::kMake, Known{PrivateKind::kDevice, "tiff Make"}},
    std::pair{tiff::kModel, Known{PrivateKind::kDevice, "tiff Model"}},
    std::pair{tiff::kHostComputer, Known{PrivateKind::kDevice, "tiff HostComputer"}},
    std::pair{tiff::kArtist, Known{PrivateKind::kOwner, "tiff Artist"}},
    std::pair{tiff::kDateTime, Known{PrivateKind::kTime, "tiff DateTime"}},
    std::pair{tiff::kGpsDirectory, Known{PrivateKind::kGps, "tiff GPS"}},
};

class Collector {
 public:
  void add(PrivateKind kind, std::string name) {
    const bool known = std::ranges::any_of(tags, [&](const PrivateTag& tag) { return tag.name == name; });
    if (!known) tags.push_back({kind, std::move(name)});
  }
  std::vector<PrivateTag> tags;
};

/// "exif-ifd3-GPSLatitude" -> GPSLatitude; the directory's number is of no use to people.
void add_exif(std::string_view field, Collector& found) {
  const std::string_view name = field.substr(std::min(field.size(), std::string_view("exif-ifd0-").size()));
  const auto known = std::ranges::find_if(kExif, [&](const Known& tag) { return name.starts_with(tag.name); });
  if (known != kExif.end()) found.add(known->kind, "exif " + std::string(name));
}

void add_xmp(const VImage& image, Collector& found) {
  std::size_t size = 0;
  const auto* bytes = static_cast<const char*>(image.get_blob(VIPS_META_XMP_NAME, &size));
  const std::string_view packet(bytes, size);
  for (const Known& tag : kXmp) {
    if (packet.find(tag.name) != std::string_view::npos) found.add(tag.kind, "xmp " + std::string(tag.name));
  }
  found.add(PrivateKind::kOther, "xmp");
}

void add_field(const VImage& image, const std::string& field, Collector& found) {
  constexpr std::string_view kPngText = "png-comment-";
  if (field.starts_with("exif-ifd")) {
    add_exif(field, found);
  } else if (field == VIPS_META_XMP_NAME) {
    add_xmp(image, found);
  } else if (field == VIPS_META_IPTC_NAME) {
    found.add(PrivateKind::kOther, "iptc");
  } else if (field == VIPS_META_PHOTOSHOP_NAME) {
    found.add(PrivateKind::kOther, "photoshop resources");
  } else if (field == "jpeg-thumbnail-data") {
    found.add(PrivateKind::kOther, "exif thumbnail");
  } else if (field == "gif-comment" || field == VIPS_META_IMAGEDESCRIPTION) {
    found.add(PrivateKind::kOther, field);
  } else if (field.starts_with("heif-mime")) {
    found.add(PrivateKind::kOther, "heif metadata item");
  } else if (field.starts_with(kPngText)) {
    const std::size_t dash = field.find('-', kPngText.size());
    if (field.ends_with("-Copyright")) return;
    found.add(PrivateKind::kOther, "png text " + (dash == std::string::npos ? "" : field.substr(dash + 1)));
  }
}

void add_jpeg_segments(const StillFile& still, Collector& found) {
  for (const JpegPart& part : walk_jpeg(still.head).parts) {
    const std::string_view name = private_name_of(part);
    if (name.empty() || name == "exif" || name == "xmp" || name == "iptc") continue;  // told in detail above
    found.add(PrivateKind::kOther, "jpeg " + std::string(name));
  }
}

}  // namespace

std::vector<PrivateTag> private_tags_of(const StillFile& still, const VImage& image) {
  Collector found;
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> fields(vips_image_get_fields(image.get_image()), g_strfreev);
  for (gchar** field = fields.get(); *field != nullptr; ++field) add_field(image, *field, found);
  if (still.format == "jpeg") add_jpeg_segments(still, found);
  for (const auto& [id, tag] : kTiffTags) {
    if (still.tiff_tags.contains(id)) found.add(tag.kind, std::string(tag.name));
  }
  return std::move(found.tags);
}

}  // namespace tokprep::still
