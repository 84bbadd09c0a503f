#include "codecs/vips/jpeg_markers.h"

#include <fmt/format.h>

#include <algorithm>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

using namespace std::string_view_literals;

constexpr std::uint8_t kStartOfImage = 0xd8;
constexpr std::uint8_t kEndOfImage = 0xd9;
constexpr std::uint8_t kStartOfScan = 0xda;
constexpr std::uint8_t kComment = 0xfe;

bool is_restart(std::uint8_t marker) { return marker >= 0xd0 && marker <= 0xd7; }
bool is_application(std::uint8_t marker) { return marker >= 0xe0 && marker <= 0xef; }

/// SOF0 to SOF15 without the three of that range that are tables (DHT, JPG, DAC).
bool is_frame_header(std::uint8_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

class Walk {
 public:
  explicit Walk(std::string_view file) : file_(file) {}

  JpegLayout run() {
    while (layout_.fault.empty() && !layout_.whole) step();
    layout_.bytes_behind = layout_.whole ? file_.size() - at_ : 0;
    return std::move(layout_);
  }

 private:
  [[nodiscard]] std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(file_[at]); }

  void step() {
    const std::size_t begin = at_;
    if (at_ >= file_.size()) return stop("ends before the end-of-image marker");
    if (byte(at_) != 0xff) return stop("has no marker where one must stand");
    while (at_ < file_.size() && byte(at_) == 0xff) ++at_;  // a marker may be preceded by fill bytes
    if (at_ >= file_.size()) return stop("ends within a marker");
    const std::uint8_t marker = byte(at_++);
    if (layout_.parts.empty() != (marker == kStartOfImage)) return stop("has a start marker in the wrong place");
    if (marker == 0 || is_restart(marker)) return stop("has scan data outside a scan");
    if (marker == kStartOfImage || marker == kEndOfImage || marker == 0x01) return add(marker, begin, {});
    add_segment(marker, begin);
  }

  void add_segment(std::uint8_t marker, std::size_t begin) {
    ByteReader length_reader(file_.substr(at_));
    const std::size_t length = length_reader.u16();
    if (length < 2 || length > file_.size() - at_) return stop("ends within a segment");
    const std::string_view payload = file_.substr(at_ + 2, length - 2);
    at_ += length;
    add(marker, begin, payload);
    if (is_frame_header(marker)) read_frame(marker, payload);
    if (marker == kStartOfScan) add_scan();
  }

  void read_frame(std::uint8_t marker, std::string_view payload) {
    ByteReader reader(payload);
    layout_.process = marker;
    layout_.bits = reader.u8();
    layout_.height_px = reader.u16();
    layout_.width_px = reader.u16();
    layout_.samples_per_pixel = read_sampling(reader);
    if (reader.cut()) stop("has a cut frame header");
  }

  static double read_sampling(ByteReader& reader) {
    int samples = 0, most_across = 1, most_down = 1;
    for (int left = reader.u8(); left > 0 && !reader.cut(); --left) {
      reader.skip(1);
      const int factors = reader.u8();
      const int across = factors >> 4, down = factors & 15;
      samples += across * down;
      most_across = std::max(most_across, across);
      most_down = std::max(most_down, down);
      reader.skip(1);
    }
    return static_cast<double>(samples) / (most_across * most_down);
  }

  /// Entropy-coded data runs to the first marker that is neither a stuffed zero nor a restart.
  void add_scan() {
    const std::size_t begin = at_;
    while (at_ + 1 < file_.size()) {
      const std::size_t found = file_.find('\xff', at_);
      if (found == std::string_view::npos || found + 1 >= file_.size()) break;
      const std::uint8_t next = byte(found + 1);
      if (next != 0 && next != 0xff && !is_restart(next)) {
        at_ = found;
        return add(0, begin, {});
      }
      at_ = found + (next == 0xff ? 1 : 2);
    }
    stop("ends within its picture data");
  }

  void add(std::uint8_t marker, std::size_t begin, std::string_view payload) {
    layout_.parts.push_back({marker, file_.substr(begin, at_ - begin), payload});
    layout_.whole = marker == kEndOfImage;
  }

  void stop(std::string_view why) { layout_.fault = fmt::format("{} (byte {})", why, at_); }

  std::string_view file_;
  std::size_t at_ = 0;
  JpegLayout layout_;
};

/// JFIF may carry a thumbnail: a second, unseen picture. Its two sides are the last bytes of the fixed part.
std::string_view jfif_name(std::string_view payload) {
  if (payload.starts_with("JFXX\0"sv)) return "jfif thumbnail";
  if (!payload.starts_with("JFIF\0"sv)) return "app0";
  const bool no_thumbnail = payload.size() >= 14 && payload[12] == 0 && payload[13] == 0;
  return no_thumbnail ? ""sv : "jfif thumbnail"sv;
}

}  // namespace

JpegLayout walk_jpeg(std::string_view file) { return Walk(file).run(); }

std::string_view private_name_of(const JpegPart& part) {
  if (part.marker == kComment) return "comment";
  if (!is_application(part.marker)) return {};
  switch (part.marker) {
    case 0xe0:
      return jfif_name(part.payload);
    case 0xe1:
      if (part.payload.starts_with("Exif\0"sv)) return "exif";
      if (part.payload.starts_with("http://ns.adobe.com/")) return "xmp";
      return "app1";
    case 0xe2:
      if (part.payload.starts_with("ICC_PROFILE\0"sv)) return {};
      if (part.payload.starts_with("MPF\0"sv)) return "further pictures (MPF)";
      return "app2";
    case 0xeb:
      return "content credentials (JUMBF)";
    case 0xed:
      return "iptc";
    case 0xee:
      return part.payload.starts_with("Adobe") ? ""sv : "app14"sv;
    default:
      return "application data";
  }
}

}  // namespace tokprep::still
