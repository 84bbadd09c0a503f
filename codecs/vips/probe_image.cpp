#include <fmt/format.h>

#include "codecs/image.h"
#include "codecs/vips/private_tags.h"
#include "codecs/vips/still_file.h"
#include "codecs/vips/tiff_tags.h"
#include "codecs/vips/vips_call.h"

namespace tokprep {
namespace {

using still::StillFile;
using vips::VImage;

std::optional<int> bit_depth_of(const StillFile& file, const VImage& image) {
  if (file.format == "png") return file.png.bit_depth;
  if (file.is_heif() && file.heif.bit_depth) return file.heif.bit_depth;
  if (image.get_typeof("heif-bitdepth") != 0) return image.get_int("heif-bitdepth");
  if (const auto bits = file.tiff_tags.find(still::tiff::kBitsPerSample); bits != file.tiff_tags.end()) {
    return static_cast<int>(bits->second);
  }
  if (file.format == "tiff") return 1;  // the standard's default where the tag is missing
  if (image.format() == VIPS_FORMAT_UCHAR) return 8;
  if (image.format() == VIPS_FORMAT_USHORT) return 16;
  if (image.format() == VIPS_FORMAT_FLOAT) return 32;
  return std::nullopt;
}

int pages_of(const StillFile& file, const VImage& image) {
  if (file.format == "png") return file.png.frames;
  return image.get_typeof(VIPS_META_N_PAGES) == 0 ? 1 : std::max(1, image.get_int(VIPS_META_N_PAGES));
}

/// libheif turns and mirrors while it decodes; the other decoders leave that to us, by EXIF.
void fill_sizes(const StillFile& file, const VImage& image, ImageInfo& info) {
  info.orientation = file.is_heif() ? 1 : still::orientation_of(image);
  const bool on_its_side = info.orientation >= 5;
  info.width_px = on_its_side ? image.height() : image.width();
  info.height_px = on_its_side ? image.width() : image.height();
  info.coded_width_px = file.heif.coded_width_px > 0 ? file.heif.coded_width_px : image.width();
  info.coded_height_px = file.heif.coded_height_px > 0 ? file.heif.coded_height_px : image.height();
}

ImageInfo image_info_of(const StillFile& file, const VImage& image) {
  const still::ColourSignal signal = still::colour_signal_of(file, image);
  ImageInfo info;
  fill_sizes(file, image, info);
  info.bands = image.bands();
  info.bit_depth = bit_depth_of(file, image);
  info.alpha = image.has_alpha();
  info.colour_space = vips_enum_nick(VIPS_TYPE_INTERPRETATION, image.interpretation());
  info.icc_name = signal.icc.description;
  if (info.icc_name.empty() && image.get_typeof(VIPS_META_ICC_NAME) != 0) info.icc_name = "unnamed profile";
  info.hdr = signal.hdr;
  info.pages = pages_of(file, image);
  return info;
}

std::vector<std::string> notes_of(const StillFile& file, const ImageInfo& info) {
  std::vector<std::string> notes;
  if (info.pages > 1) {
    const char* word = file.format == "tiff" || file.is_heif() ? "pages" : "frames";
    notes.push_back(fmt::format("{} {}; only the first is used", info.pages, word));
  }
  if (file.heif.rotation_deg != 0)
    notes.push_back(fmt::format("turned by {} degrees in its container", file.heif.rotation_deg));
  if (file.heif.mirrored) notes.emplace_back("mirrored in its container");
  if (info.hdr != HdrKind::kSdr) notes.push_back(fmt::format("HDR still ({})", name_of(info.hdr)));
  return notes;
}

MediaInfo measure(const StillFile& file, const VImage& image) {
  MediaInfo info;
  info.kind = MediaKind::kImage;
  info.size_bytes = file.size_bytes;
  info.container.format = file.format;
  info.container.major_brand = file.heif.major_brand;
  info.container.compatible_brands = file.heif.compatible_brands;
  info.image = image_info_of(file, image);
  info.private_metadata = still::private_tags_of(file, image);
  info.notes = notes_of(file, *info.image);
  return info;
}

}  // namespace

Result<MediaInfo> probe_image(const ProbeJob& job, const RunContext& run) {
  TOKPREP_TRY(run.check_stop());
  TOKPREP_ASSIGN(const StillFile file, still::open_still(job.input, job.limits));
  TOKPREP_ASSIGN(const VImage image, still::load_still(file, run));
  TOKPREP_ASSIGN(MediaInfo info, still::vips_call(run, ErrorCode::kCorruptInput, "cannot measure", job.input,
                                                  [&] { return measure(file, image); }));
  run.report("probe", 1.0);
  return info;
}

}  // namespace tokprep
