#include "codecs/vips/bmp_image.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "codecs/vips/bmp_rows.h"
#include "codecs/vips/vips_call.h"

namespace tokprep::still {
namespace {

using vips::VImage;

/// Called by libvips for each piece of the picture.
int generate(VipsRegion* to, void*, void* client, void*, gboolean*) {
  const auto& rows = *static_cast<const BmpRows*>(client);
  const VipsRect& area = to->valid;
  const auto channels = static_cast<std::size_t>(rows.channels());
  std::vector<std::uint8_t> row(static_cast<std::size_t>(rows.layout().width_px) * channels);
  for (int y = area.top; y < area.top + area.height; ++y) {
    if (!rows.read(y, row.data())) {
      vips_error("bmpload", "row %d cannot be read", y);
      return -1;
    }
    const auto* from = row.data() + static_cast<std::size_t>(area.left) * channels;
    std::copy_n(from, static_cast<std::size_t>(area.width) * channels, VIPS_REGION_ADDR(to, area.left, y));
  }
  return 0;
}

void drop_rows(gpointer rows) { delete static_cast<BmpRows*>(rows); }

VImage image_of(BmpRows opened) {
  auto rows = std::make_unique<BmpRows>(std::move(opened));
  VImage image(vips_image_new());
  VipsImage* out = image.get_image();
  vips_image_init_fields(out, rows->layout().width_px, rows->layout().height_px, rows->channels(), VIPS_FORMAT_UCHAR,
                         VIPS_CODING_NONE, VIPS_INTERPRETATION_sRGB, 1, 1);
  if (vips_image_pipelinev(out, VIPS_DEMAND_STYLE_THINSTRIP, nullptr) != 0) throw vips::VError();
  const std::string profile = rows->profile();
  if (!profile.empty()) vips_image_set_blob_copy(out, VIPS_META_ICC_NAME, profile.data(), profile.size());
  BmpRows* client = rows.release();
  g_object_set_data_full(G_OBJECT(out), "tokprep-rows", client, drop_rows);  // live as long as the picture
  if (vips_image_generate(out, nullptr, generate, nullptr, client, nullptr) != 0) throw vips::VError();
  return image.sequential();  // no row is decoded twice
}

}  // namespace

Result<VImage> load_bmp(const StillFile& still, const RunContext& run) {
  TOKPREP_ASSIGN(BmpRows rows, BmpRows::open(still.path, still.bmp, still.size_bytes));
  return vips_call(run, ErrorCode::kCorruptInput, "cannot read", still.path, [&] { return image_of(std::move(rows)); });
}

}  // namespace tokprep::still
