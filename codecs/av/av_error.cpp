#include "codecs/av/av_error.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <string>

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

std::string text_of(int ret) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(ret, text.data(), text.size());
  return text.data();
}

}  // namespace

tl::unexpected<Error> av_error(int ret, std::string_view what) {
  return fail(code_of(ret), fmt::format("cannot {}: {}", what, text_of(ret)), ret);
}

tl::unexpected<Error> input_error(int ret, std::string_view what, int read_errno) {
  if (ret == AVERROR_EXIT) return av_error(ret, what);
  if (read_errno != 0) {
    return fail(ErrorCode::kIo, fmt::format("cannot {}: {}", what, text_of(AVERROR(read_errno))), read_errno);
  }
  const bool is_foreign = code_of(ret) == ErrorCode::kUnsupportedInput;
  const std::string why = ret == AVERROR(ENOMEM) ? "a size in it asks for more memory than there is" : text_of(ret);
  return fail(is_foreign ? ErrorCode::kUnsupportedInput : ErrorCode::kCorruptInput,
              fmt::format("cannot {}: {}", what, why), ret);
}

bool is_damage(int ret) {
  return ret != AVERROR_EXIT && ret != AVERROR(ENOMEM) && code_of(ret) != ErrorCode::kUnsupportedInput;
}

}  // namespace tokprep::av
