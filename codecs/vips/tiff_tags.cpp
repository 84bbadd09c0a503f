#include "codecs/vips/tiff_tags.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::uint64_t kMostTags = 512;

/// What differs between the classic form and BigTIFF.
struct Layout {
  bool little_endian = true;
  bool big = false;
  [[nodiscard]] std::size_t offset_bytes() const { return big ? 8 : 4; }
  [[nodiscard]] std::size_t count_bytes() const { return big ? 8 : 2; }
  [[nodiscard]] std::size_t entry_bytes() const { return big ? 20 : 12; }
};

std::string read_at(const FileDescriptor& file, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = ::pread(file.get(), bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

std::size_t bytes_of_type(std::uint16_t type) {
  switch (type) {
    case 1:
    case 6:
    case 7:
      return 1;
    case 3:
    case 8:
      return 2;
    case 4:
    case 9:
    case 13:
      return 4;
    case 16:
    case 17:
    case 18:
      return 8;
    default:
      return 0;  // text, fractions and floats: nobody here asks for them
  }
}

/// The first value of an entry; one that does not fit in the entry is fetched from where it stands.
std::uint64_t first_value(const FileDescriptor& file, const Layout& layout, ByteReader& entry) {
  const std::size_t width = bytes_of_type(entry.u16());
  const std::uint64_t count = entry.number(layout.offset_bytes());
  const std::string_view field = entry.take(layout.offset_bytes());
  if (width == 0 || count == 0) return 0;
  if (count <= layout.offset_bytes() / width) return ByteReader(field, layout.little_endian).number(width);
  const std::uint64_t offset = ByteReader(field, layout.little_endian).number(layout.offset_bytes());
  return ByteReader(read_at(file, offset, width), layout.little_endian).number(width);
}

/// The entries of the first directory, as they stand in the file.
struct Directory {
  FileDescriptor file;
  Layout layout;
  std::string entries;

  /// Calls `take(id, reader)` with the reader behind the id.
  template <class Take>
  void each(Take&& take) const {
    for (std::size_t at = 0; at + layout.entry_bytes() <= entries.size(); at += layout.entry_bytes()) {
      ByteReader entry(std::string_view(entries).substr(at, layout.entry_bytes()), layout.little_endian);
      const std::uint16_t id = entry.u16();
      take(id, entry);
    }
  }
};

std::optional<Directory> open_directory(const std::filesystem::path& path) {
  auto file = open_for_reading(path);
  if (!file) return std::nullopt;
  const std::string header = read_at(*file, 0, 16);
  Layout layout;
  layout.little_endian = header.starts_with("II");
  ByteReader reader(header, layout.little_endian);
  reader.skip(2);
  layout.big = reader.u16() == 43;
  if (layout.big) reader.skip(4);
  const std::uint64_t directory = reader.number(layout.offset_bytes());
  if (reader.cut()) return std::nullopt;

  const std::string count = read_at(*file, directory, layout.count_bytes());
  const std::uint64_t entries = std::min(ByteReader(count, layout.little_endian).number(count.size()), kMostTags);
  std::string table =
      read_at(*file, directory + layout.count_bytes(), static_cast<std::size_t>(entries) * layout.entry_bytes());
  return Directory{std::move(*file), layout, std::move(table)};
}

}  // namespace

std::map<std::uint16_t, std::uint64_t> read_tiff_tags(const std::filesystem::path& path) {
  std::map<std::uint16_t, std::uint64_t> tags;
  const auto directory = open_directory(path);
  if (!directory) return tags;
  directory->each(
      [&](std::uint16_t id, ByteReader& entry) { tags[id] = first_value(directory->file, directory->layout, entry); });
  return tags;
}

std::string read_tiff_text(const std::filesystem::path& path, std::uint16_t tag) {
  constexpr std::uint16_t kAscii = 2;
  constexpr std::uint64_t kMostBytes = 4096;
  std::string text;
  const auto directory = open_directory(path);
  if (!directory) return text;
  const Layout& layout = directory->layout;
  directory->each([&](std::uint16_t id, ByteReader& entry) {
    if (id != tag || entry.u16() != kAscii) return;
    const std::uint64_t size = std::min(entry.number(layout.offset_bytes()), kMostBytes);
    const std::string_view field = entry.take(layout.offset_bytes());
    const std::uint64_t offset = ByteReader(field, layout.little_endian).number(layout.offset_bytes());
    text = size <= layout.offset_bytes() ? std::string(field.substr(0, size))
                                         : read_at(directory->file, offset, static_cast<std::size_t>(size));
  });
  return text;
}

}  // namespace tokprep::still
