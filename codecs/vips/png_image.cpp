#include "codecs/vips/png_image.h"

#include <memory>
#include <utility>

#include "codecs/vips/png_layout.h"
#include "codecs/vips/png_rows.h"
#include "codecs/vips/vips_call.h"

namespace tokprep::still {
namespace {

using vips::VImage;

/// Rows libvips takes at a time: as many as from its own loader.
constexpr int kTileRows = 16;

/// Called by libvips for each piece of the picture, one after the other, each as wide as the picture.
int generate(VipsRegion* to, void*, void* client, void*, gboolean*) {
  auto& rows = *static_cast<PngRows*>(client);
  const VipsRect& area = to->valid;
  if (area.left != 0 || area.width != to->im->Xsize || area.top != rows.row()) {
    vips_error("pngload", "row %d asked for after row %d", area.top, rows.row());
    return -1;
  }
  for (int y = area.top; y < area.top + area.height; ++y) {
    if (const Status read = rows.next(VIPS_REGION_ADDR(to, 0, y)); !read) {
      vips_error("pngload", "row %d of %d: %s", y + 1, to->im->Ysize, read.error().message.c_str());
      return -1;
    }
  }
  return 0;
}

void drop_rows(gpointer rows) { delete static_cast<PngRows*>(rows); }

VImage image_of(PngRows opened, const VImage& like) {
  VImage image(vips_image_new());
  VipsImage* out = image.get_image();
  if (vips_image_pipelinev(out, VIPS_DEMAND_STYLE_THINSTRIP, like.get_image(), nullptr) != 0) throw vips::VError();
  PngRows* client = std::make_unique<PngRows>(std::move(opened)).release();
  g_object_set_data_full(G_OBJECT(out), "tokprep-rows", client, drop_rows);  // live as long as the picture
  if (vips_image_generate(out, nullptr, generate, nullptr, client, nullptr) != 0) throw vips::VError();
  return image.sequential(VImage::option()->set("tile_height", kTileRows));  // no row is decoded twice
}

bool is_same_form(const PngLayout& layout, const PngSamples& samples, const VImage& image) {
  return layout.width_px == image.width() && layout.height_px == image.height() &&
         samples.channels() == image.bands() && samples.pixel_bytes() == VIPS_IMAGE_SIZEOF_PEL(image.get_image());
}

}  // namespace

Result<VImage> with_streamed_rows(const StillFile& still, const VImage& opened, const RunContext& run) {
  const auto layout = plain_png_layout(still.head);
  if (!layout) return opened;
  TOKPREP_ASSIGN(PngRows rows, PngRows::open(still.path, *layout));
  if (!is_same_form(*layout, rows.samples(), opened)) return opened;
  return vips_call(run, ErrorCode::kCorruptInput, "cannot read", still.path,
                   [&] { return image_of(std::move(rows), opened); });
}

}  // namespace tokprep::still
