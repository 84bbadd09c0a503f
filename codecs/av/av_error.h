#pragma once

#include <string_view>

#include "base/result.h"

namespace tokprep::av {

/// The one translation of libav's return values: `if (ret < 0) return av_error(ret, "open input");`
tl::unexpected<Error> av_error(int ret, std::string_view what);

/// The same for what comes of reading a stranger's file, where libav's word alone would mislead: demuxers answer EIO to
/// a damaged header, and a size in it that no memory can hold is ENOMEM. `read_errno` is why the file itself could not
/// be read, 0 where it could be: then it is what stands in the file, kCorruptInput or kUnsupportedInput; else kIo.
tl::unexpected<Error> input_error(int ret, std::string_view what, int read_errno = 0);

/// True for damage that may be read over: no stop, nothing that libav does not know, no size that memory cannot hold.
bool is_damage(int ret);

}  // namespace tokprep::av
