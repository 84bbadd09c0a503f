// Our own parsers of pictures: what is read of a file before, or beside, libvips; and the first look at any file.
#include "base/file_descriptor.h"
#include "base/text.h"
#include "codecs/sniff.h"
#include "codecs/vips/bmp_layout.h"
#include "codecs/vips/gif_canvas.h"
#include "codecs/vips/heif_boxes.h"
#include "codecs/vips/icc_profile.h"
#include "codecs/vips/jpeg_markers.h"
#include "codecs/vips/jpeg_strip.h"
#include "codecs/vips/png_chunks.h"
#include "codecs/vips/png_layout.h"
#include "codecs/vips/rle_walk.h"
#include "codecs/vips/tiff_tags.h"
#include "codecs/vips/webp_strip.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>

namespace tokprep::still {
namespace {

void take_jpeg(std::string_view file) {
  const JpegLayout layout = walk_jpeg(file);
  for (const JpegPart& part : layout.parts) (void)private_name_of(part);
  const auto stripped = strip_jpeg(file, "input.jpg");
  if (stripped) fuzz::require(walk_jpeg(stripped->bytes).whole, "what was stripped is still whole");
  else fuzz::require(!layout.whole || layout.width_px == 0 || layout.height_px == 0, "a sound JPEG can be stripped");
}

void take_png(std::string_view head) {
  (void)read_png_chunks(head);
  (void)png_fault(head);
  const auto layout = plain_png_layout(head);
  if (layout) fuzz::require(layout->width_px > 0 && layout->height_px > 0, "a layout has a size");
}

void take_bmp(std::string_view file) {
  const auto layout = read_bmp_layout(file, "input.bmp");
  if (!layout || layout->coding == BmpCoding::kPlain) return;
  const FileDescriptor open(::open(fuzz::file_of(file).c_str(), O_RDONLY | O_CLOEXEC));
  RleWalk walk(open.get(), layout->coding, layout->pixels_at);
  std::size_t steps = 0;
  for (RleStep step = walk.next(); step.kind != RleStep::Kind::kCut && step.kind != RleStep::Kind::kPictureEnd;
       step = walk.next()) {
    fuzz::require(++steps <= file.size(), "every step takes some of the file");
  }
}

void take_tiff(std::string_view file) {
  const std::string path = fuzz::file_of(file);
  fuzz::require(read_tiff_tags(path).size() <= 512, "tags are bounded");
  (void)read_tiff_text(path, tiff::kCopyright);
}

}  // namespace
}  // namespace tokprep::still

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  const std::string_view file = fuzz::text_of(data, size);
  (void)sniff(file.substr(0, kSniffBytes));
  if (file.starts_with("\xFF\xD8")) still::take_jpeg(file);
  if (file.starts_with("\x89PNG")) still::take_png(file);
  if (file.starts_with("BM")) still::take_bmp(file);
  if (file.starts_with("GIF8")) (void)still::gif_canvas(file);
  if (file.starts_with("II") || file.starts_with("MM")) still::take_tiff(file);
  if (file.starts_with("RIFF")) {
    const std::string bare = still::bare_webp(file);
    fuzz::require(bare.size() <= size, "a bare WebP is no longer than it was");
    const std::string plain = still::webp_with_plain_exif(file);
    fuzz::require(plain.size() == size || plain.size() + 6 == size, "what goes is JPEG's mark, and nothing else");
  }
  (void)still::read_heif_boxes(file);
  fuzz::require(is_utf8(still::read_icc(file).description), "a profile's name is UTF-8");
  return 0;
}
