#include <malloc.h>

#include <array>

#include "codecs/image.h"
#include "codecs/vips/vips_call.h"

namespace tokprep {
namespace {

/// The decoders we trust with strangers' files. Everything else stays shut: ImageMagick, PDF, SVG, raw matrices…
/// BMP, for which libvips would call ImageMagick, has a reader of its own (bmp_image.h).
constexpr std::array kOpenLoaders{"VipsForeignLoadJpeg",  "VipsForeignLoadPng",  "VipsForeignLoadWebp",
                                  "VipsForeignLoadNsgif", "VipsForeignLoadTiff", "VipsForeignLoadHeif",
                                  "VipsForeignLoadJxl"};

/// Every job needs the same few megabytes again. By default glibc hands such blocks back to the kernel at once, and a
/// fifth of the time would go into getting them anew, page by page.
void keep_freed_memory() {
  constexpr int kBlockBytes = 32 << 20;
  constexpr int kKeptBytes = 64 << 20;
  mallopt(M_MMAP_THRESHOLD, kBlockBytes);
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
}

void drop_message(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

}  // namespace

Status start_vips() {
  if (VIPS_INIT("tokprep") != 0) {
    return fail(ErrorCode::kInternal, "libvips did not start: " + still::vips_complaint(vips_error_buffer()));
  }
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : kOpenLoaders) vips_operation_block_set(loader, FALSE);
  keep_freed_memory();
  vips_cache_set_max(0);    // each job opens another file: a cache would only hold memory
  vips_concurrency_set(1);  // items run beside each other in workers of their own
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO),
                    drop_message, nullptr);
  return {};
}

}  // namespace tokprep
