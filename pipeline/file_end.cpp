#include "pipeline/file_end.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace tokprep {
namespace {

using namespace std::string_view_literals;

// A recording in fragments has two boxes a second, a large PNG a chunk for every 8 kB. Past these the walk is given up,
// and the file counts as whole.
constexpr int kPartsMax = 50'000;
constexpr std::size_t kHeadBytes = 12;  // tell what it is
constexpr std::size_t kStepBytes = std::size_t{64} << 10;

/// The bytes of a file by their place. What is past the end, or cannot be read, is missing from the answer.
class Bytes {
 public:
  Bytes(const FileDescriptor& file, std::uint64_t size) : file_(file), size_(size) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }

  [[nodiscard]] std::string at(std::uint64_t offset, std::size_t count) const {
    std::string bytes(count, '\0');
    ssize_t got = 0;
    do got = ::pread(file_.get(), bytes.data(), count, static_cast<off_t>(offset));
    while (got < 0 && errno == EINTR);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
  }

 private:
  const FileDescriptor& file_;
  std::uint64_t size_;
};

FileEnd missing_if(bool missing) { return missing ? FileEnd::kMissing : FileEnd::kThere; }

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::uint64_t little_endian(std::string_view bytes) {
  const std::string turned(bytes.rbegin(), bytes.rend());
  return big_endian(turned);
}

bool is_box_type(std::string_view type) {
  return std::ranges::all_of(type, [](char c) { return c == '\xA9' || (c >= ' ' && c <= '~'); });
}

FileEnd end_of_boxes(const Bytes& file) {
  bool has_index = false;
  bool may_grow = false;
  std::uint64_t at = 0;
  for (int boxes = 0; boxes < kPartsMax && at < file.size(); ++boxes) {
    const std::string head = file.at(at, 16);
    if (head.size() < 8) break;
    const std::string_view type = std::string_view(head).substr(4, 4);
    if (!is_box_type(type)) break;                                             // padding behind the last box
    if (type == "moov" || type == "moof" || type == "meta") has_index = true;  // HEIF and AVIF have a meta box
    std::uint64_t size = big_endian(head.substr(0, 4));
    may_grow = may_grow || size == 0 || type == "moof";  // up to the end of the file, or a fragment of many
    if (size == 0) break;
    if (size == 1) size = head.size() == 16 ? big_endian(head.substr(8)) : 0;
    if (size < 8) break;
    if (size > file.size() - at) return FileEnd::kMissing;
    at += size;
    if (boxes + 1 == kPartsMax) return FileEnd::kUntold;
  }
  if (!has_index) return FileEnd::kMissing;
  return may_grow ? FileEnd::kUntold : FileEnd::kThere;
}

/// An EBML number at the front: its value without the length marker, and how many bytes it has.
struct EbmlNumber {
  std::uint64_t value = 0;
  std::size_t length = 0;
  bool unknown = false;  ///< all ones: a size that was not known when it was written
};

std::optional<EbmlNumber> ebml_number(std::string_view bytes) {
  if (bytes.empty() || bytes[0] == 0) return std::nullopt;
  const auto lead = static_cast<unsigned char>(bytes[0]);
  std::size_t length = 1;
  while ((lead & (0x80U >> (length - 1))) == 0) ++length;
  if (bytes.size() < length) return std::nullopt;
  const std::uint64_t marker = std::uint64_t{1} << (7 * length);
  const std::uint64_t value = big_endian(bytes.substr(0, length)) & (marker - 1);
  return EbmlNumber{value, length, value == marker - 1};
}

FileEnd end_of_matroska(const Bytes& file) {
  static constexpr std::size_t kIdBytes = 4;  // of the EBML head and of the segment alike
  const std::string head = file.at(kIdBytes, 8);
  const auto head_size = ebml_number(head);
  if (!head_size || head_size->unknown) return FileEnd::kUntold;
  if (head_size->value > file.size()) return FileEnd::kMissing;
  const std::uint64_t segment = kIdBytes + head_size->length + head_size->value;
  const std::string start = file.at(segment, kIdBytes + 8);
  if (start.size() < kIdBytes) return FileEnd::kMissing;
  if (!start.starts_with("\x18\x53\x80\x67")) return FileEnd::kUntold;
  const auto size = ebml_number(std::string_view(start).substr(kIdBytes));
  if (!size) return FileEnd::kMissing;
  if (size->unknown) return FileEnd::kUntold;
  return missing_if(size->value > file.size() - segment - kIdBytes - size->length);
}

/// AVI and WebP. Recorders write a length of 0 first and the real one last.
FileEnd end_of_riff(const Bytes& file, std::string_view head) {
  const std::uint64_t size = little_endian(head.substr(4, 4));
  return missing_if(size == 0 || size > file.size() - 8 + 1);  // the padding of an odd length is often left out
}

FileEnd end_of_png(const Bytes& file) {
  std::uint64_t at = 8;  // behind the signature
  for (int chunks = 0; chunks < kPartsMax; ++chunks) {
    const std::string head = file.at(at, 8);
    if (head.size() < 8) return FileEnd::kMissing;
    const std::uint64_t end = at + 12 + big_endian(head.substr(0, 4));
    if (end > file.size()) return FileEnd::kMissing;
    if (head.ends_with("IEND")) return FileEnd::kThere;
    at = end;
  }
  return FileEnd::kUntold;
}

/// Where the entropy-coded picture of a JPEG begins, behind its first SOS segment; nothing where it does not come to
/// it.
std::optional<std::uint64_t> scan_of_jpeg(const Bytes& file) {
  std::uint64_t at = 2;  // behind SOI
  for (int segments = 0; segments < kPartsMax; ++segments) {
    const std::string head = file.at(at, 4);
    if (head.size() < 4 || head[0] != '\xFF') return std::nullopt;
    if (head[1] == '\xFF') {  // fill bytes may stand before a marker
      ++at;
      continue;
    }
    at += 2 + big_endian(head.substr(2));
    if (head[1] == '\xDA') return at;
  }
  return at;  // given up: any end marker behind it will do
}

FileEnd end_of_jpeg(const Bytes& file) {
  auto at = scan_of_jpeg(file);
  if (!at) return FileEnd::kMissing;
  while (*at < file.size()) {
    const std::string bytes = file.at(*at, kStepBytes);
    if (bytes.find("\xFF\xD9"sv) != std::string::npos) return FileEnd::kThere;
    if (bytes.size() < 2) return FileEnd::kMissing;
    *at += bytes.size() - 1;  // the marker may lie across two steps
  }
  return FileEnd::kMissing;
}

}  // namespace

FileEnd end_of(const std::filesystem::path& path) {
  const auto opened = open_for_reading(path);
  return opened ? end_of(*opened) : FileEnd::kUntold;
}

FileEnd end_of(const FileDescriptor& opened) {
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0 || !S_ISREG(status.st_mode)) return FileEnd::kUntold;
  const Bytes file(opened, static_cast<std::uint64_t>(status.st_size));
  const std::string head = file.at(0, kHeadBytes);
  if (file.size() < kHeadBytes) return FileEnd::kMissing;
  if (head.size() < kHeadBytes) return FileEnd::kUntold;
  const std::string_view type = std::string_view(head).substr(4, 4);
  if (type == "ftyp" || type == "moov" || type == "mdat" || type == "wide") return end_of_boxes(file);
  if (head.starts_with("\x1A\x45\xDF\xA3")) return end_of_matroska(file);
  if (head.starts_with("RIFF") && (head.ends_with("AVI ") || head.ends_with("WEBP"))) return end_of_riff(file, head);
  if (head.starts_with("\x89PNG\r\n\x1A\n")) return end_of_png(file);
  if (head.starts_with("\xFF\xD8\xFF")) return end_of_jpeg(file);
  return FileEnd::kUntold;
}

}  // namespace tokprep
