#include "codecs/vips/still_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/file_descriptor.h"
#include "base/units.h"
#include "codecs/still_format.h"
#include "codecs/vips/bmp_image.h"
#include "codecs/vips/byte_reader.h"
#include "codecs/vips/gif_canvas.h"
#include "codecs/vips/jpeg_markers.h"
#include "codecs/vips/png_image.h"
#include "codecs/vips/still_memory.h"
#include "codecs/vips/tiff_tags.h"
#include "codecs/vips/unusable.h"
#include "codecs/vips/vips_call.h"

namespace tokprep::still {
namespace {

using vips::VImage;

constexpr std::size_t kHeadBytes = 1 << 20;
constexpr int kTransferPq = 16;
constexpr int kTransferHlg = 18;
constexpr int kPrimariesDisplayP3 = 12;

/// A limit of the header's that is passed.
tl::unexpected<Error> above(const std::string& path, std::string_view rule, std::int64_t measured, std::int64_t limit,
                            std::string_view unit, std::string message, std::string fix) {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = fmt::format("{} {}", path, message);
  error.file = path;
  error.rule = rule;
  error.measured = measured;
  error.limit = limit;
  error.unit = unit;
  error.fix = fmt::format("{}, or allow more of {} with --rules", fix, rule);
  return fail(std::move(error));
}

Status check_pixels(const StillFile& still, std::int64_t width_px, std::int64_t height_px) {
  const std::int64_t pixels = width_px * height_px;
  const std::int64_t most = still.limits.max_pixels;
  if (pixels <= most) return {};
  const auto side_px = std::lround(std::sqrt(static_cast<double>(most)));
  return above(still.path, "image.pixels_max", pixels, most, "pixels",
               fmt::format("declares {} x {} = {} megapixels; more than {} are not opened", width_px, height_px,
                           pixels / 1'000'000, most / 1'000'000),
               fmt::format("scale it down to at most {0} x {0} first", side_px));
}

Status check_memory(const StillFile& still, int width_px, int height_px) {
  const std::int64_t needed = decoder_memory_bytes(still, width_px, height_px);
  const std::int64_t most = still.limits.max_memory_bytes;
  if (needed <= most) return {};
  return above(still.path, "image.memory_max", needed, most, "bytes",
               fmt::format("is a {} of {} x {}, which its decoder would have to hold in about {} of memory; at most {} "
                           "are given",
                           still.format, width_px, height_px, format_size(static_cast<std::uint64_t>(needed)),
                           format_size(static_cast<std::uint64_t>(most))),
               "save it as an ordinary JPEG or PNG, which are read row by row");
}

/// Everything the header tells; the pixels first, so that the product cannot overflow.
Status check_limits(const StillFile& still, const VImage& image) {
  TOKPREP_TRY(check_pixels(still, image.width(), image.height()));
  TOKPREP_TRY(check_memory(still, image.width(), image.height()));
  if (image.get_typeof(VIPS_META_N_PAGES) == 0) return {};
  const std::int64_t frames = image.get_int(VIPS_META_N_PAGES);
  if (frames <= still.limits.max_frames) return {};
  return above(still.path, "image.frames_max", frames, still.limits.max_frames, "frames",
               fmt::format("holds {} pictures; a file of more than {} is not opened", frames, still.limits.max_frames),
               "save the one that is wanted by itself");
}

/// Only previews would be seen of these: the picture itself is undeveloped sensor data.
bool is_camera_raw(const StillFile& still) {
  if (still.head.size() > 10 && still.head.compare(8, 2, "CR") == 0) return true;
  if (still.tiff_tags.contains(tiff::kDngVersion)) return true;
  const auto subfile = still.tiff_tags.find(tiff::kNewSubfileType);
  const bool preview_first = subfile != still.tiff_tags.end() && (subfile->second & 1) != 0;
  return preview_first && still.tiff_tags.contains(tiff::kSubDirectories);
}

Status check_format(const StillFile& still) {
  if (still.size_bytes == 0) return unusable(ErrorCode::kCorruptInput, still.path, "is empty (0 bytes)");
  if (still.format.empty()) {
    return unusable(ErrorCode::kUnsupportedInput, still.path, "is no picture of a known kind",
                    "use JPEG, PNG, WebP, GIF, TIFF, HEIC, AVIF, JPEG XL or BMP");
  }
  for (const char* closed : {"jp2", "psd", "ico", "exr", "pdf", "hdr", "dds"}) {
    if (still.format == closed) {
      return unusable(ErrorCode::kUnsupportedInput, still.path,
                      fmt::format("is a {} file, which is not opened here", still.format), "export it as PNG or JPEG");
    }
  }
  if (still.format == "tiff" && is_camera_raw(still)) {
    return unusable(ErrorCode::kUnsupportedInput, still.path, "is camera raw data", "develop it to JPEG or TIFF first");
  }
  return {};
}

/// libjpeg decodes 8 bits a channel, baseline, extended and progressive. What else the standard has is rare, but no
/// damage.
Status read_jpeg_frame(StillFile& still) {
  const JpegLayout layout = walk_jpeg(still.head);
  still.jpeg = {layout.process, layout.samples_per_pixel};
  const bool decodable = layout.process <= 0xc2 || layout.process == 0xc9 || layout.process == 0xca;
  if (layout.process == 0 || (decodable && layout.bits == 8)) return {};
  return unusable(ErrorCode::kUnsupportedInput, still.path,
                  fmt::format("is a JPEG of {} bits a channel{}, which is not decoded here", layout.bits,
                              decodable ? "" : " in a lossless or hierarchical form"),
                  "export it as an ordinary JPEG, or as PNG");
}

Status read_bmp(StillFile& still) {
  TOKPREP_ASSIGN(still.bmp, read_bmp_layout(still.head, still.path));
  return check_pixels(still, still.bmp.width_px, still.bmp.height_px);
}

/// A GIF's decoder reads every frame before it names a size, and a frame larger than the canvas makes that larger: so
/// both are judged here.
Status check_gif_canvas(const StillFile& still) {
  const Size canvas = gif_canvas(still.head);
  TOKPREP_TRY(check_pixels(still, canvas.width_px, canvas.height_px));
  return check_memory(still, canvas.width_px, canvas.height_px);
}

/// libvips does not always say why; the structure does.
Error with_reason(Error error, const StillFile& still) {
  if (still.format != "png") return error;
  if (const std::string fault = png_fault(still.head); !fault.empty()) {
    error.message = fmt::format("cannot read {}: {}", still.path, fault);
  }
  return error;
}

HdrKind hdr_of(const ColourSignal& signal) {
  const std::optional<int> transfer = signal.transfer ? signal.transfer : signal.icc.cicp_transfer;
  if (transfer == kTransferPq) return HdrKind::kPq;
  if (transfer == kTransferHlg) return HdrKind::kHlg;
  // JPEG XL's decoder describes its colours by a profile it names itself: "RGB_D65_202_Rel_PeQ".
  const std::string& name = signal.icc.description;
  if (name.find("_PeQ") != std::string::npos || name.find("PQ") != std::string::npos) return HdrKind::kPq;
  if (name.find("HLG") != std::string::npos) return HdrKind::kHlg;
  return HdrKind::kSdr;
}

/// H.273 primaries. HDR without any named is BT.2020, but for profiles that carry the name of another.
std::optional<int> primaries_of(const StillFile& still, const ColourSignal& signal) {
  const std::optional<int> coded = still.is_heif() ? still.heif.primaries : still.png.cicp_primaries;
  if (coded || signal.icc.cicp_primaries) return coded ? coded : signal.icc.cicp_primaries;
  const std::string& name = signal.icc.description;
  if (name.find("P3") != std::string::npos || name.find("_DCI_") != std::string::npos) return kPrimariesDisplayP3;
  return std::nullopt;
}

/// libheif's samples of 10 and 12 bits are moved up to 16: their white is not 65535.
int full_code_of(const StillFile& still, const VImage& image) {
  constexpr int kBits = 16;
  if (!still.is_heif() || image.get_typeof("heif-bitdepth") == 0) return 65535;
  const int depth = std::clamp(image.get_int("heif-bitdepth"), 8, kBits);
  return (1 << kBits) - (1 << (kBits - depth));
}

}  // namespace

Result<StillFile> open_still(const std::string& path, const StillLimits& limits) {
  StillFile still;
  still.path = path;
  still.limits = limits;
  TOKPREP_ASSIGN(still.size_bytes, size_of_file(path));
  TOKPREP_ASSIGN(still.head, read_head(path, kHeadBytes));
  still.format = still_format(still.head);
  if (still.format == "tiff") still.tiff_tags = read_tiff_tags(path);
  TOKPREP_TRY(check_format(still));
  if (still.format == "gif") TOKPREP_TRY(check_gif_canvas(still));
  if (still.format == "jpeg") TOKPREP_TRY(read_jpeg_frame(still));
  if (still.format == "png") still.png = read_png_chunks(still.head);
  if (still.format == "bmp") TOKPREP_TRY(read_bmp(still));
  if (still.is_heif()) still.heif = read_heif_boxes(still.head);
  return still;
}

namespace {

/// libvips over the file, opened as everything else is. Its descriptor's offset is libvips' alone (other readers use
/// none), and one source at a time uses it.
Result<FileDescriptor> open_for_vips(const StillFile& still) {
  TOKPREP_ASSIGN(FileDescriptor file, open_for_reading(still.path));
  ::lseek(file.get(), 0, SEEK_SET);  // the source before may have read on a duplicate
  return file;
}

}  // namespace

Result<VImage> load_still(const StillFile& still, const RunContext& run, int jpeg_shrink) {
  if (still.format == "bmp") return load_bmp(still, run);
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_vips(still));
  auto loaded = vips_call(run, ErrorCode::kCorruptInput, "cannot read", still.path, [&] {
    auto* options = VImage::option()->set("access", VIPS_ACCESS_SEQUENTIAL)->set("fail_on", VIPS_FAIL_ON_ERROR);
    if (jpeg_shrink > 1) options->set("shrink", jpeg_shrink);
    return VImage::new_from_source(vips::VSource::new_from_descriptor(file.get()), "", options);
  });
  if (!loaded) return fail(with_reason(std::move(loaded).error(), still));
  VImage image = std::move(*loaded);
  TOKPREP_TRY(check_limits(still, image));
  return still.format == "png" ? with_streamed_rows(still, image, run) : image;
}

ColourSignal colour_signal_of(const StillFile& still, const VImage& image) {
  ColourSignal signal;
  if (image.get_typeof(VIPS_META_ICC_NAME) != 0) {
    std::size_t size = 0;
    const auto* bytes = static_cast<const char*>(image.get_blob(VIPS_META_ICC_NAME, &size));
    signal.icc = read_icc({bytes, size});
  }
  signal.transfer = still.is_heif() ? still.heif.transfer : still.png.cicp_transfer;
  signal.hdr = hdr_of(signal);
  signal.primaries = primaries_of(still, signal);
  signal.peak_nits = still.is_heif() ? still.heif.peak_nits : still.png.peak_nits;
  signal.full_code = full_code_of(still, image);
  return signal;
}

int orientation_of(const VImage& image) {
  if (image.get_typeof(VIPS_META_ORIENTATION) == 0) return 1;
  const int orientation = image.get_int(VIPS_META_ORIENTATION);
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

}  // namespace tokprep::still
