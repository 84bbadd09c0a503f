#pragma once

#include <string>
#include <vips/vips8>

namespace tokprep::test {

/// What came of decoding a PNG.
struct PngReading {
  bool opened = false;    ///< its header was read
  bool decoded = false;   ///< and all of its pixels
  std::string form;       ///< size, channels, sample type, interpretation, and every field with its value
  std::string samples;    ///< as they lie in memory
  std::string complaint;  ///< why not
};

/// By libvips' own loader, opened as `load_still` opens other stills.
PngReading read_by_libvips(const std::string& path);

/// By `load_still`. Its errors must be kCorruptInput.
PngReading read_by_us(const std::string& path);

/// Whether `load_still` reads the rows itself.
bool is_streamed(const std::string& path);

}  // namespace tokprep::test
