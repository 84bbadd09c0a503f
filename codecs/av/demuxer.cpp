#include "codecs/av/demuxer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "codecs/av/av_error.h"
#include "codecs/av/file_io.h"
#include "codecs/av/stream_headers.h"

namespace tokprep::av {
namespace {

// Damaged stretches end in a run of read errors; past this many in a row there is nothing left to find.
constexpr int kMaxReadErrors = 64;

// Real containers and raw streams. Lists of other files (hls, concat, dash, image2, sdp) are not media of their own.
constexpr const char* kFormats =
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,av1,obu,ivf,vc1,flv,live_flv,ogg,asf,mxf,gxf,nut,rm,wtv,dv,"
    "swf,nsv,yuv4mpegpipe,dirac,cavsvideo,mjpeg,bink,smk,roq,wav,w64,aiff,caf,mp3,flac,aac,ac3,eac3,dts,amr,au,tta,wv,"
    "ape";

int stop_requested(void* stop) { return static_cast<std::stop_token*>(stop)->stop_requested() ? 1 : 0; }

Status find_streams(AVFormatContext& format) {
  const int ret = avformat_find_stream_info(&format, nullptr);
  if (ret < 0) return input_error(ret, "read the streams", read_errno(*format.pb));
  return {};
}

}  // namespace

Result<InputPtr> open_input(const std::filesystem::path& path, const char* formats, AVIOInterruptCB interrupt) {
  TOKPREP_ASSIGN(AVIOContext * file, open_file_to_read(path, interrupt));
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) {
    close_file(file);
    return av_error(AVERROR(ENOMEM), "open the file");
  }
  format->pb = file;
  format->interrupt_callback = interrupt;
  forbid_other_files(*format);
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "", 0);
  av_dict_set(&options, "format_whitelist", formats, 0);
  // The name is for guessing the format; it is never opened.
  const int ret = avformat_open_input(&format, path.c_str(), nullptr, &options);  // frees `format` on failure
  av_dict_free(&options);
  if (ret >= 0) return InputPtr(format);
  const int failed_read = read_errno(*file);
  close_file(file);
  if (ret == AVERROR(EINVAL) && failed_read == 0)
    return fail(ErrorCode::kUnsupportedInput, "not a media format that can be opened", ret);
  return input_error(ret, "open " + path.filename().string(), failed_read);
}

Result<Demuxer> Demuxer::open(const std::filesystem::path& path, std::stop_token stop, Depth depth) {
  Demuxer demuxer;
  demuxer.stop_ = std::make_unique<std::stop_token>(std::move(stop));
  TOKPREP_ASSIGN(demuxer.format_, open_input(path, kFormats, {stop_requested, demuxer.stop_.get()}));
  AVFormatContext& format = *demuxer.format_;
  if (depth == Depth::kHeaders && fill_from_headers(format)) demuxer.time_packets();
  else TOKPREP_TRY(find_streams(format));
  return demuxer;
}

void Demuxer::time_packets() {
  if (std::string_view(format_->iformat->name).starts_with("mov")) return;  // writes decoding times
  for (int i = 0; i < stream_count(); ++i) {
    if (stream(i).codecpar->codec_type == AVMEDIA_TYPE_VIDEO) decoding_times_.emplace(i, stream(i));
  }
}

Result<bool> Demuxer::read(AVPacket& packet) {
  for (int errors = 0; errors < kMaxReadErrors; ++errors) {
    av_packet_unref(&packet);
    const int ret = av_read_frame(format_.get(), &packet);
    if (ret == 0) {
      if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) ++damage_;
      const auto times = decoding_times_.find(packet.stream_index);
      if (times != decoding_times_.end()) times->second.fill(packet);
      return true;
    }
    const int failed_read = read_errno(*format_->pb);
    if (failed_read != 0 || !(ret == AVERROR_EOF || is_damage(ret))) {
      return input_error(ret, "read the file", failed_read);
    }
    if (ret == AVERROR_EOF) return false;
    ++damage_;
    if (avio_feof(format_->pb) != 0) return false;
  }
  return false;
}

Status Demuxer::seek_before(int stream_index, std::int64_t at_us) {
  const std::int64_t target = av_rescale_q_rnd(at_us, kMicroseconds, stream(stream_index).time_base, AV_ROUND_DOWN);
  const int ret = av_seek_frame(format_.get(), stream_index, target, AVSEEK_FLAG_BACKWARD);
  if (ret < 0) return input_error(ret, "seek", read_errno(*format_->pb));
  for (auto& [index, times] : decoding_times_) times.reset();
  return {};
}

void Demuxer::select(std::initializer_list<int> stream_indices) {
  for (int i = 0; i < stream_count(); ++i) {
    const bool wanted = std::ranges::find(stream_indices, i) != stream_indices.end();
    stream(i).discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
}

}  // namespace tokprep::av
