#include "tests/media/png_reading.h"

#include <gtest/gtest.h>

#include <memory>
#include <string_view>

#include "base/file_descriptor.h"
#include "codecs/vips/png_layout.h"
#include "codecs/vips/still_file.h"

namespace tokprep::test {
namespace {

using vips::VImage;

std::string field_value(const VImage& image, const char* name) {
  if (image.get_typeof(name) == VIPS_TYPE_BLOB) {
    std::size_t size = 0;
    const auto* bytes = static_cast<const char*>(image.get_blob(name, &size));
    return {bytes, size};
  }
  gchar* text = nullptr;
  if (vips_image_get_as_string(image.get_image(), name, &text) != 0) return "?";
  const std::unique_ptr<gchar, decltype(&g_free)> owner(text, g_free);
  return text;
}

std::string form_of(const VImage& image) {
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> names(vips_image_get_fields(image.get_image()), g_strfreev);
  std::string form;
  for (gchar** name = names.get(); *name != nullptr; ++name) {
    if (std::string_view(*name) == "filename") continue;  // libvips numbers pictures that have none
    form += std::string(*name) + "=" + field_value(image, *name) + "\n";
  }
  return form;
}

void decode(const VImage& image, PngReading& reading) {
  reading.opened = true;
  reading.form = form_of(image);
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&g_free)> samples(image.write_to_memory(&size), g_free);
  reading.samples.assign(static_cast<const char*>(samples.get()), size);
  reading.decoded = true;
}

}  // namespace

PngReading read_by_libvips(const std::string& path) {
  PngReading reading;
  vips_error_clear();
  try {
    auto* options = VImage::option()->set("access", VIPS_ACCESS_SEQUENTIAL)->set("fail_on", VIPS_FAIL_ON_ERROR);
    decode(VImage::new_from_source(vips::VSource::new_from_file(path.c_str()), "", options), reading);
  } catch (const vips::VError& failure) {
    reading.complaint = failure.what();
  }
  vips_error_clear();
  return reading;
}

PngReading read_by_us(const std::string& path) {
  PngReading reading;
  auto still = still::open_still(path);
  if (!still) {
    reading.complaint = still.error().message;
    return reading;
  }
  auto image = still::load_still(*still, {});
  if (!image) {
    EXPECT_TRUE(image.error().code == ErrorCode::kCorruptInput || image.error().code == ErrorCode::kNotCompliant)
        << image.error().message;
    reading.complaint = image.error().message;
    return reading;
  }
  try {
    decode(*image, reading);
  } catch (const vips::VError& failure) {
    reading.complaint = failure.what();
  }
  vips_error_clear();
  return reading;
}

bool is_streamed(const std::string& path) {
  const auto head = read_head(path, 1 << 20);
  return head && still::plain_png_layout(*head).has_value();
}

}  // namespace tokprep::test
