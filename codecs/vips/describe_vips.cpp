#include "codecs/image.h"
#include "codecs/vips/vips_call.h"

namespace tokprep {

Result<Json> describe_vips() {
  Json formats = Json::object();
  for (const char* loader : {"pngload", "jpegload", "webpload", "gifload", "tiffload", "heifload", "jxlload"}) {
    formats[loader] = vips_type_find("VipsOperation", loader) != 0;
  }
  return Json{{"worker", "image"}, {"libraries", {{"libvips", vips_version_string()}}}, {"formats", formats}};
}

}  // namespace tokprep
