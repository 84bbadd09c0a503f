#include "codecs/av/muxer.h"

#include <algorithm>
#include <utility>

#include "base/file_descriptor.h"
#include "codecs/av/av_error.h"

namespace tokprep::av {
namespace {

/// Whatever the muxer makes of it: where the disk failed, that is what happened. `file` is null once it is closed.
tl::unexpected<Error> write_error(int ret, const char* what, const AVIOContext* file) {
  const int of_disk = file == nullptr ? ret : file->error;
  if (of_disk >= 0) return av_error(ret, what);
  auto error = av_error(of_disk, what).value();
  error.code = code_of_write_errno(AVUNERROR(of_disk));
  return fail(std::move(error));
}

/// To bring the index to the front, the muxer reads the file it has written; no other is ever opened.
int open_own_file(AVFormatContext* format, AVIOContext** file, const char*, int flags, AVDictionary**) {
  if ((flags & AVIO_FLAG_WRITE) != 0) return AVERROR(EPERM);
  *file = read_beside(*format->pb);
  return *file == nullptr ? AVERROR(ENOMEM) : 0;
}

int close_own_file(AVFormatContext*, AVIOContext* file) { return close_file(file); }

}  // namespace

Result<Mp4Muxer> Mp4Muxer::create(const std::filesystem::path& path) {
  Mp4Muxer muxer;
  AVFormatContext* format = nullptr;
  const int ret = avformat_alloc_output_context2(&format, nullptr, "mp4", path.c_str());
  if (ret < 0) return av_error(ret, "make the MP4");
  muxer.format_.reset(format);
  // No writer's name and no clock in the file: the same input gives the same bytes.
  format->flags |= AVFMT_FLAG_BITEXACT;
  format->flags |= AVFMT_FLAG_CUSTOM_IO;
  TOKPREP_ASSIGN(format->pb, open_file_to_write(path));
  format->io_open = open_own_file;
  format->io_close2 = close_own_file;
  return muxer;
}

Result<int> Mp4Muxer::add_encoded(const Encoder& encoder) {
  AVStream* stream = avformat_new_stream(format_.get(), nullptr);
  if (stream == nullptr) return av_error(AVERROR(ENOMEM), "add a stream");
  const int ret = avcodec_parameters_from_context(stream->codecpar, &encoder.codec());
  if (ret < 0) return av_error(ret, "add a stream");
  stream->time_base = encoder.codec().time_base;
  stream->avg_frame_rate = encoder.codec().framerate;
  stream->sample_aspect_ratio = encoder.codec().sample_aspect_ratio;
  stream->disposition = AV_DISPOSITION_DEFAULT;
  last_dts_.push_back(INT64_MIN);
  return stream->index;
}

Result<int> Mp4Muxer::add_copied(const AVCodecParameters& parameters, AVRational time_base, std::uint32_t tag) {
  AVStream* stream = avformat_new_stream(format_.get(), nullptr);
  if (stream == nullptr) return av_error(AVERROR(ENOMEM), "add a stream");
  const int ret = avcodec_parameters_copy(stream->codecpar, &parameters);
  if (ret < 0) return av_error(ret, "add a stream");
  stream->codecpar->codec_tag = tag;
  stream->time_base = time_base;
  stream->sample_aspect_ratio = parameters.sample_aspect_ratio;
  stream->disposition = AV_DISPOSITION_DEFAULT;
  last_dts_.push_back(INT64_MIN);
  return stream->index;
}

Status Mp4Muxer::begin(const AVDictionary* metadata) {
  if (metadata != nullptr) av_dict_copy(&format_->metadata, metadata, 0);
  AVDictionary* options = nullptr;
  av_dict_set(&options, "movflags", "+faststart", 0);
  const int ret = avformat_write_header(format_.get(), &options);
  av_dict_free(&options);
  if (ret < 0) return write_error(ret, "begin the MP4", format_->pb);
  return {};
}

Status Mp4Muxer::write(int stream, AVPacket& packet, AVRational time_base) {
  packet.stream_index = stream;
  packet.pos = -1;
  av_packet_rescale_ts(&packet, time_base, format_->streams[stream]->time_base);
  // Two packets of one time, as copies of Matroska have them where parts were joined, would be refused.
  std::int64_t& last = last_dts_[static_cast<std::size_t>(stream)];
  if (packet.dts != AV_NOPTS_VALUE && packet.dts <= last) {
    packet.dts = last + 1;
    if (packet.pts != AV_NOPTS_VALUE) packet.pts = std::max(packet.pts, packet.dts);
  }
  if (packet.dts != AV_NOPTS_VALUE) last = packet.dts;
  const int ret = av_interleaved_write_frame(format_.get(), &packet);
  if (ret < 0) return write_error(ret, "write the MP4", format_->pb);
  return {};
}

Result<std::uint64_t> Mp4Muxer::finish() {
  int ret = av_write_trailer(format_.get());
  if (ret < 0) return write_error(ret, "finish the MP4", format_->pb);
  const std::int64_t size_bytes = avio_size(format_->pb);
  ret = close_file(std::exchange(format_->pb, nullptr));
  if (ret < 0) return write_error(ret, "finish the MP4", nullptr);
  return static_cast<std::uint64_t>(size_bytes);
}

}  // namespace tokprep::av
