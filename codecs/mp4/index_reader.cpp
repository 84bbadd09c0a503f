#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/file_descriptor.h"
#include "base/units.h"
#include "codecs/mp4/box.h"
#include "codecs/mp4/metadata_names.h"
#include "codecs/mp4/movie_reader.h"
#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {
namespace {

constexpr std::uint64_t kMaxIndexBytes = 32'000'000;
constexpr std::uint64_t kMaxSmallBoxBytes = 1'000'000;  // ftyp, meta and uuid at the top of the file
constexpr int kMaxTopBoxes = 200'000;

constexpr std::array kFirstBoxes{fourcc("ftyp"), fourcc("moov"), fourcc("mdat"), fourcc("free"),
                                 fourcc("skip"), fourcc("wide"), fourcc("pnot"), fourcc("styp"),
                                 fourcc("moof"), fourcc("sidx"), fourcc("uuid"), fourcc("udta")};

/// A box at the top of the file.
struct TopBox {
  BoxHeader header;
  std::uint64_t offset = 0;

  [[nodiscard]] std::uint64_t body_offset() const { return offset + header.header_bytes; }
  [[nodiscard]] std::uint64_t body_size() const { return header.size - header.header_bytes; }
};

/// One pass over the boxes at the top of one file.
class IndexReader {
 public:
  IndexReader(std::string name, FileDescriptor file, std::uint64_t size)
      : name_(std::move(name)), file_(std::move(file)) {
    index_.file_size = size;
  }

  Result<Mp4Index> read() {
    TOKPREP_TRY(read_top_boxes());
    if (!has_moov_) return damaged(why_no_index());
    return std::move(index_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> damaged(std::string what) const {
    Error error;
    error.code = ErrorCode::kCorruptInput;
    error.message = fmt::format("{}: {}", name_, what);
    error.file = name_;
    return fail(std::move(error));
  }

  Result<std::string> bytes_at(std::uint64_t offset, std::uint64_t count) const {
    return read_at(file_, offset, std::min(count, index_.file_size - std::min(offset, index_.file_size)), name_);
  }

  Status read_top_boxes() {
    std::uint64_t offset = 0;
    for (int count = 0; offset + 8 <= index_.file_size && count < kMaxTopBoxes; ++count) {
      const std::uint64_t available = index_.file_size - offset;
      TOKPREP_ASSIGN(const std::string head, bytes_at(offset, 16));
      const TopBox box{parse_box_header(head, available), offset};
      if (count == 0 && std::ranges::find(kFirstBoxes, box.header.type) == kFirstBoxes.end()) {
        return fail(ErrorCode::kUnsupportedInput, fmt::format("{}: not an ISO base media file", name_));
      }
      if (!plausible(box.header.type) || box.header.size < box.header.header_bytes) {
        garbage_at_ = offset;
        break;
      }
      TOKPREP_TRY(take(box));
      last_ = box;
      if (box.header.size >= available) return {};
      offset += box.header.size;
    }
    if (offset < index_.file_size && has_moov_) {
      index_.oddities.push_back(
          fmt::format("{} bytes at the end of the file belong to no box", index_.file_size - offset));
    }
    return {};
  }

  Status take(const TopBox& box) {
    switch (box.header.type) {
      case fourcc("ftyp"):
        return with_small_body(box, [this](std::string_view body) { take_brands(body); });
      case fourcc("moov"):
        return take_movie(box);
      case fourcc("mdat"):
        take_media_data(box);
        return {};
      case fourcc("moof"):
        index_.fragmented = true;
        return {};
      case fourcc("meta"):
        return with_small_body(box, [this](std::string_view body) { collect_meta(body, index_.private_metadata); });
      case fourcc("uuid"):
        return with_small_body(box, [this](std::string_view body) { collect_uuid(body, index_.private_metadata); });
      default:
        return {};
    }
  }

  template <class Use>
  Status with_small_body(const TopBox& box, Use use) {
    TOKPREP_ASSIGN(const std::string body, bytes_at(box.body_offset(), std::min(box.body_size(), kMaxSmallBoxBytes)));
    use(body);
    return {};
  }

  void take_brands(std::string_view body) {
    if (!index_.major_brand.empty() || body.size() < 8) return;
    index_.major_brand = std::string(body.substr(0, 4));
    for (body.remove_prefix(8); body.size() >= 4; body.remove_prefix(4)) {
      const std::string_view brand = body.substr(0, 4);
      if (brand != std::string_view("\0\0\0\0", 4)) index_.compatible_brands.emplace_back(brand);
    }
  }

  void take_media_data(const TopBox& box) {
    if (index_.place == IndexPlace::kUnknown && has_moov_) index_.place = IndexPlace::kFirst;
    if (index_.media_data.empty()) first_data_before_moov_ = !has_moov_;
    index_.media_data.push_back({box.body_offset(), box.body_size()});
    const std::uint64_t present = index_.file_size - box.offset;
    if (box.header.size > present) {
      index_.oddities.push_back(
          fmt::format("its mdat box declares {} more than the file has", format_size(box.header.size - present)));
    }
  }

  Status take_movie(const TopBox& box) {
    if (has_moov_) return {};  // a second one is a left-over of editing; players take the first
    const std::uint64_t present = index_.file_size - box.offset;
    if (box.header.size > present) {
      return damaged(fmt::format("the index (moov box) is cut off: it has {}, and {} of them are there",
                                 format_size(box.header.size), format_size(present)));
    }
    if (box.header.size > kMaxIndexBytes) {
      return fail(ErrorCode::kUnsupportedInput,
                  fmt::format("{}: its index (moov box) has {}, more than the {} read here", name_,
                              format_size(box.header.size), format_size(kMaxIndexBytes)));
    }
    TOKPREP_ASSIGN(const std::string body, bytes_at(box.body_offset(), box.body_size()));
    has_moov_ = true;
    index_.place = first_data_before_moov_ ? IndexPlace::kLast : IndexPlace::kUnknown;
    parse_movie(body, index_);
    return {};
  }

  [[nodiscard]] std::string why_no_index() const {
    const std::string none = "no index (moov box): ";
    if (last_ && last_->header.type == fourcc("mdat")) {
      return none +
             "the media data runs to the end of the file, so the recording was cut off before its index was written";
    }
    const std::string last =
        last_ ? fmt::format("box '{}' of {}", name_of(last_->header.type), format_size(last_->header.size)) : "";
    if (garbage_at_) {
      return last_ ? none + fmt::format("after {} what follows at byte {} is no box", last, *garbage_at_)
                   : none + fmt::format("what stands at byte {} is no box", *garbage_at_);
    }
    return last_ ? none + fmt::format("the file ends after {}", last) : none + "the file is too short to hold one";
  }

  std::string name_;
  FileDescriptor file_;
  Mp4Index index_;
  bool has_moov_ = false;
  bool first_data_before_moov_ = false;
  std::optional<std::uint64_t> garbage_at_;
  std::optional<TopBox> last_;
};

}  // namespace

Result<Mp4Index> read_index(const std::filesystem::path& path) {
  TOKPREP_ASSIGN(FileDescriptor file, open_for_reading(path));
  TOKPREP_ASSIGN(const std::uint64_t size, size_of_file(path));
  return IndexReader(path.filename().string(), std::move(file), size).read();
}

}  // namespace tokprep::mp4
