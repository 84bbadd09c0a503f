#include "codecs/vips/png_rows.h"

#include <utility>

namespace tokprep::still {
namespace {

/// Where no thread is to be had, the work is done when its result is asked for.
std::future<Result<PngStretch>> unpack_ahead(PngUnpack& unpack, PngStretch memory) {
  return std::async(std::launch::async | std::launch::deferred,
                    [&unpack, memory = std::move(memory)]() mutable { return unpack.next(std::move(memory)); });
}

}  // namespace

PngRows::PngRows(const PngLayout& layout, PngInflate inflate)
    : unpack_(std::make_unique<PngUnpack>(layout, std::move(inflate))), samples_(layout) {}

Result<PngRows> PngRows::open(const std::string& path, const PngLayout& layout) {
  TOKPREP_ASSIGN(PngData data, PngData::open(path, layout.pixels_at));
  return PngRows(layout, PngInflate(std::move(data)));
}

Status PngRows::next(std::uint8_t* out) {
  if (given_ == stretch_.rows) TOKPREP_TRY(next_stretch());
  samples_.make(stretch_.row(given_), out);
  ++given_;
  ++row_;
  return {};
}

Status PngRows::next_stretch() {
  PngStretch spent = std::exchange(stretch_, {});
  TOKPREP_ASSIGN(stretch_, coming_.valid() ? coming_.get() : unpack_->next({}));
  given_ = 0;
  coming_ = unpack_ahead(*unpack_, std::move(spent));
  return {};
}

}  // namespace tokprep::still
