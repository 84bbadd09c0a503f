#include "codecs/vips/copyright.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "codecs/vips/byte_reader.h"
#include "codecs/vips/jpeg_markers.h"
#include "codecs/vips/tiff_tags.h"

namespace tokprep::still {
namespace {

using namespace std::string_view_literals;
using vips::VImage;

constexpr std::size_t kMostBytes = 1000;
constexpr std::string_view kExifMark("Exif\0\0", 6);

/// One line: photographer and editor, which Exif parts by a zero, with a comma between; no control characters.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, kMostBytes)) {
    const bool gap = static_cast<unsigned char>(c) <= ' ';
    if (!gap) line += c;
    else if (c == '\0' && !line.empty()) line += ',';
    if (gap && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && (line.back() == ' ' || line.back() == ',')) line.pop_back();
  return line;
}

std::string_view blob_of(const VImage& image, const char* name) {
  if (image.get_typeof(name) == 0) return {};
  std::size_t size = 0;
  const auto* bytes = static_cast<const char*>(image.get_blob(name, &size));
  return {bytes, size};
}

/// The text of a tag in the first directory of an Exif block.
std::string_view exif_copyright(std::string_view block) {
  constexpr std::uint16_t kAscii = 2;
  constexpr std::uint32_t kInPlaceBytes = 4;
  if (block.starts_with(kExifMark)) block.remove_prefix(kExifMark.size());
  const bool little_endian = block.starts_with("II");
  ByteReader header(block, little_endian);
  header.skip(4);
  const std::uint32_t directory = header.u32();
  ByteReader entries(block.substr(std::min<std::size_t>(directory, block.size())), little_endian);
  for (int left = entries.u16(); left > 0 && !entries.cut(); --left) {
    const std::uint16_t tag = entries.u16();
    const std::uint16_t type = entries.u16();
    const std::uint32_t count = entries.u32();
    const std::string_view field = entries.take(4);
    if (tag != tiff::kCopyright || type != kAscii) continue;
    if (count <= kInPlaceBytes) return field.substr(0, count);
    const std::uint32_t at = ByteReader(field, little_endian).u32();
    return at < block.size() ? block.substr(at, count) : ""sv;
  }
  return {};
}

/// The first text inside dc:rights; the packet is not parsed further.
std::string xmp_rights(std::string_view packet) {
  const std::size_t begin = packet.find("<dc:rights");
  const std::size_t end = packet.find("</dc:rights>", begin == packet.npos ? packet.size() : begin);
  if (begin == packet.npos || end == packet.npos) return {};
  std::string text;
  bool in_tag = false;
  for (const char c : packet.substr(begin, end - begin)) {
    if (c == '<') in_tag = true;
    if (!in_tag) text += c;
    if (c == '>') in_tag = false;
  }
  for (const auto& [entity, letter] : {std::pair("&lt;"sv, '<'), std::pair("&gt;"sv, '>'), std::pair("&quot;"sv, '"'),
                                       std::pair("&apos;"sv, '\''), std::pair("&amp;"sv, '&')}) {
    for (std::size_t at = text.find(entity); at != text.npos; at = text.find(entity, at + 1)) {
      text.replace(at, entity.size(), 1, letter);
    }
  }
  return text;
}

std::string_view iptc_copyright(std::string_view block) {
  constexpr std::string_view kDataset("\x1c\x02\x74", 3);
  const std::size_t found = block.find(kDataset);
  if (found == block.npos) return {};
  ByteReader reader(block.substr(found + kDataset.size()));
  const std::size_t size = reader.u16();
  return reader.take(std::min(size, reader.left()));
}

/// libvips names a PNG's texts "png-comment-0-Copyright".
std::string png_copyright(const VImage& image) {
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> fields(vips_image_get_fields(image.get_image()), g_strfreev);
  for (gchar** field = fields.get(); *field != nullptr; ++field) {
    const std::string_view name(*field);
    if (name.starts_with("png-comment-") && name.ends_with("-Copyright")) return image.get_string(*field);
  }
  return {};
}

void append_big_endian(std::string& bytes, std::size_t value, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
}

void append_little_endian(std::string& bytes, std::size_t value, int width) {
  for (int shift = 0; shift < 8 * width; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
}

/// A TIFF header and a directory of one text.
std::string tiff_block(std::string_view text) {
  constexpr std::size_t kTextAt = 26;  // behind header, count, the entry and the end of the chain
  std::string block("MM\0*", 4);
  append_big_endian(block, 8, 4);
  append_big_endian(block, 1, 2);
  append_big_endian(block, tiff::kCopyright, 2);
  append_big_endian(block, 2, 2);
  append_big_endian(block, text.size() + 1, 4);
  if (text.size() < 4) {
    block += text;
    block.append(4 - text.size(), '\0');
  } else {
    append_big_endian(block, kTextAt, 4);
  }
  append_big_endian(block, 0, 4);
  if (text.size() >= 4) (block += text) += '\0';
  return block;
}

void append_chunk(std::string& file, std::string_view type, std::string_view bytes) {
  file += type;
  append_little_endian(file, bytes.size(), 4);
  file += bytes;
  if (bytes.size() % 2 == 1) file += '\0';
}

}  // namespace

std::string copyright_of(const StillFile& still, const VImage& image) {
  if (std::string text = one_line(exif_copyright(blob_of(image, VIPS_META_EXIF_NAME))); !text.empty()) return text;
  if (std::string text = one_line(xmp_rights(blob_of(image, VIPS_META_XMP_NAME))); !text.empty()) return text;
  if (std::string text = one_line(iptc_copyright(blob_of(image, VIPS_META_IPTC_NAME))); !text.empty()) return text;
  if (still.format == "png") return one_line(png_copyright(image));
  return still.format == "tiff" ? one_line(read_tiff_text(still.path, tiff::kCopyright)) : "";
}

std::string jpeg_with_copyright(std::string jpeg, std::string_view text) {
  if (text.empty()) return jpeg;
  std::string segment("\xff\xe1", 2);
  const std::string block = tiff_block(text);
  append_big_endian(segment, 2 + kExifMark.size() + block.size(), 2);
  (segment += kExifMark) += block;
  // Behind the start marker, and behind JFIF's segment, which wants to be the first.
  std::size_t at = 2;
  constexpr std::string_view kJfif("\xff\xe0", 2);
  if (std::string_view(jpeg).substr(at).starts_with(kJfif))
    at += 2 + ByteReader(std::string_view(jpeg).substr(4)).u16();
  return jpeg.insert(std::min(at, jpeg.size()), segment);
}

std::string webp_with_copyright(std::string_view webp, Size size, std::string_view text) {
  constexpr std::size_t kFileHeaderBytes = 12;
  constexpr char kHasExif = 0x08;
  if (text.empty() || webp.size() < kFileHeaderBytes) return std::string(webp);
  std::string extended(1, kHasExif);
  extended.append(3, '\0');
  append_little_endian(extended, static_cast<std::size_t>(size.width_px - 1), 3);
  append_little_endian(extended, static_cast<std::size_t>(size.height_px - 1), 3);
  std::string body("WEBP");
  append_chunk(body, "VP8X", extended);
  body += webp.substr(kFileHeaderBytes);
  append_chunk(body, "EXIF", tiff_block(text));
  std::string file("RIFF");
  append_little_endian(file, body.size(), 4);
  return file + body;
}

std::size_t copyright_bytes(std::string_view text) {
  constexpr std::size_t kFraming = 64;  // markers, chunk headers, the directory
  return text.empty() ? 0 : text.size() + kFraming;
}

}  // namespace tokprep::still
