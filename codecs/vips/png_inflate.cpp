#include "codecs/vips/png_inflate.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tokprep::still {
namespace {

constexpr std::size_t kPackedBytes = 64 * 1024;
constexpr std::size_t kMostAtOnce = 1 << 30;  // ISA-L counts in 32 bits

constexpr std::uint32_t kOpeningBytes = 2;
constexpr std::size_t kChecksumBytes = 4;

tl::unexpected<Error> too_early() { return fail(ErrorCode::kCorruptInput, "the packed pixels end too early"); }

}  // namespace

PngInflate::PngInflate(PngData data)
    : data_(std::move(data)), packed_(kPackedBytes), state_(std::make_unique<inflate_state>()) {
  ::isal_inflate_init(state_.get());
}
PngInflate::PngInflate(PngInflate&&) noexcept = default;
PngInflate& PngInflate::operator=(PngInflate&&) noexcept = default;
PngInflate::~PngInflate() = default;

bool PngInflate::at_end() const { return state_->block_state == ISAL_BLOCK_FINISH; }

Status PngInflate::read(std::uint8_t* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    TOKPREP_ASSIGN(const std::size_t got, unpack(out + done, size - done));
    if (got == 0) return fail(ErrorCode::kCorruptInput, "there are too few pixels");
    done += got;
  }
  return {};
}

Status PngInflate::finish() {
  std::array<std::uint8_t, 4096> dropped{};
  while (!at_end()) {
    TOKPREP_TRY(unpack(dropped.data(), dropped.size()));
  }
  const std::size_t held = state_->avail_in + static_cast<std::size_t>(state_->read_in_length) / 8;
  if (held < kChecksumBytes) {
    TOKPREP_ASSIGN(const std::size_t got, data_.read(dropped.data(), kChecksumBytes - held));
    if (held + got < kChecksumBytes) return too_early();
  }
  return data_.finish();
}

Result<std::size_t> PngInflate::unpack(std::uint8_t* out, std::size_t size) {
  const auto room = static_cast<std::uint32_t>(std::min(size, kMostAtOnce));
  state_->next_out = out;
  state_->avail_out = room;
  while (!at_end() && state_->avail_out == room) {
    if (state_->avail_in == 0) TOKPREP_TRY(feed());
    const bool starved = state_->avail_in == 0;
    const int code = ::isal_inflate(state_.get());
    if (code != ISAL_DECOMP_OK) return fail(ErrorCode::kCorruptInput, "the packed pixels are damaged", code);
    if (starved && !at_end() && state_->avail_out == room) return too_early();
  }
  return room - state_->avail_out;
}

Status PngInflate::feed() {
  TOKPREP_ASSIGN(const std::size_t got, data_.read(packed_.data(), packed_.size()));
  state_->next_in = packed_.data();
  state_->avail_in = static_cast<std::uint32_t>(got);
  if (std::exchange(opened_, true)) return {};
  if (got < kOpeningBytes) return too_early();
  state_->next_in += kOpeningBytes;
  state_->avail_in -= kOpeningBytes;
  return {};
}

}  // namespace tokprep::still
