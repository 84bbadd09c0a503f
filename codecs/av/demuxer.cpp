#include "codecs/av/demuxer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/file_descriptor.h"
#include "codecs/av/av_error.h"
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
  if (ret < 0) return av_error(ret, "read the streams");
  return {};
}

}  // namespace

Result<Demuxer> Demuxer::open(const std::filesystem::path& path, std::stop_token stop, Depth depth) {
  TOKPREP_TRY(open_for_reading(path));  // names a missing or forbidden file better than libav does
  Demuxer demuxer;
  demuxer.stop_ = std::make_unique<std::stop_token>(std::move(stop));
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) return av_error(AVERROR(ENOMEM), "open the file");
  format->interrupt_callback = {stop_requested, demuxer.stop_.get()};
  AVDictionary* options = nullptr;
  // With the formats below: no playlist, concat script or reference movie leads to another file or the network.
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  av_dict_set(&options, "format_whitelist", kFormats, 0);
  const std::string url = "file:" + path.string();
  const int ret = avformat_open_input(&format, url.c_str(), nullptr, &options);  // frees `format` on failure
  av_dict_free(&options);
  if (ret == AVERROR(EINVAL)) return fail(ErrorCode::kUnsupportedInput, "not a media format that can be opened", ret);
  if (ret < 0) return av_error(ret, "open " + path.filename().string());
  demuxer.format_.reset(format);
  if (depth == Depth::kHeaders && fill_from_headers(*format)) demuxer.time_packets();
  else TOKPREP_TRY(find_streams(*format));
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
    if (ret == AVERROR_EOF) return false;
    if (!is_damage(ret)) return av_error(ret, "read the file");
    ++damage_;
    if (format_->pb != nullptr && avio_feof(format_->pb) != 0) return false;
  }
  return false;
}

Status Demuxer::seek_before(int stream_index, std::int64_t at_us) {
  const std::int64_t target = av_rescale_q_rnd(at_us, kMicroseconds, stream(stream_index).time_base, AV_ROUND_DOWN);
  const int ret = av_seek_frame(format_.get(), stream_index, target, AVSEEK_FLAG_BACKWARD);
  if (ret < 0) return av_error(ret, "seek");
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
