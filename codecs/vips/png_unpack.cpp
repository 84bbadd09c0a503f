#include "codecs/vips/png_unpack.h"

#include <algorithm>
#include <utility>

#include "codecs/vips/png_unfilter.h"

namespace tokprep::still {
namespace {

/// Small enough to stay in the processor's caches until libvips has it, and large enough that handing it from one
/// thread to another costs nothing beside making it.
constexpr std::size_t kStretchBytes = 1 << 20;

}  // namespace

PngUnpack::PngUnpack(const PngLayout& layout, PngInflate inflate)
    : inflate_(std::move(inflate)),
      row_bytes_(layout.row_bytes()),
      filter_step_(layout.filter_step()),
      rows_left_(layout.height_px),
      most_rows_(static_cast<int>(std::max<std::size_t>(1, kStretchBytes / (row_bytes_ + 1)))),
      above_(row_bytes_ + kRowSlackBytes) {}

Result<PngStretch> PngUnpack::next(PngStretch stretch) {
  stretch.rows = std::min(most_rows_, rows_left_);
  stretch.row_bytes = row_bytes_;
  if (stretch.rows == 0) return stretch;
  const std::size_t size = static_cast<std::size_t>(stretch.rows) * (row_bytes_ + 1);
  stretch.bytes.resize(size + kRowSlackBytes);
  TOKPREP_TRY(inflate_.read(stretch.bytes.data(), size));
  TOKPREP_TRY(undo_filters(stretch));
  rows_left_ -= stretch.rows;
  if (rows_left_ == 0) TOKPREP_TRY(inflate_.finish());
  return stretch;
}

Status PngUnpack::undo_filters(PngStretch& stretch) {
  const std::uint8_t* above = above_.data();
  for (int i = 0; i < stretch.rows; ++i) {
    std::uint8_t* filter = stretch.bytes.data() + static_cast<std::size_t>(i) * (row_bytes_ + 1);
    if (!undo_filter(*filter, filter + 1, above, row_bytes_, filter_step_)) {
      return fail(ErrorCode::kCorruptInput, "a row names a filter that does not exist");
    }
    above = filter + 1;
  }
  std::copy_n(above, row_bytes_, above_.data());
  return {};
}

}  // namespace tokprep::still
