#include "codecs/av/av_error.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "base/file_descriptor.h"

extern "C" {
#include <libavutil/error.h>
}

namespace tokprep::av {
namespace {

ErrorCode code_of(int ret) {
  switch (ret) {
    case AVERROR_EXIT:
      return ErrorCode::kCancelled;
    case AVERROR(ENOMEM):
      return ErrorCode::kIo;
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_STREAM_NOT_FOUND:
    case AVERROR_PROTOCOL_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
    case AVERROR(ENOSYS):
      return ErrorCode::kUnsupportedInput;
    case AVERROR_INVALIDDATA:
    case AVERROR_EOF:
      return ErrorCode::kCorruptInput;
    case AVERROR(ENOENT):
    case AVERROR(EACCES):
    case AVERROR(EISDIR):
      return ErrorCode::kInputUnreadable;
    case AVERROR(ENOSPC):
    case AVERROR(EDQUOT):
    case AVERROR(EROFS):
      return code_of_write_errno(AVUNERROR(ret));
    case AVERROR(EIO):
      return ErrorCode::kIo;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

tl::unexpected<Error> av_error(int ret, std::string_view what) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(ret, text.data(), text.size());
  return fail(code_of(ret), fmt::format("cannot {}: {}", what, text.data()), ret);
}

bool is_damage(int ret) {
  return code_of(ret) == ErrorCode::kCorruptInput || ret == AVERROR(EINVAL) || ret == AVERROR_BUG;
}

}  // namespace tokprep::av
