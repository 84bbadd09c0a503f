#include "codecs/av/encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "codecs/av/av_error.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

namespace tokprep::av {
namespace {

constexpr std::string_view kX264 = "libx264";

// Longest stretch between key frames: what players need to seek and platforms to cut.
constexpr double kMaxKeyGapSeconds = 2.0;

void tag_bt709(AVCodecContext& codec) {
  codec.color_range = AVCOL_RANGE_MPEG;
  codec.color_primaries = AVCOL_PRI_BT709;
  codec.color_trc = AVCOL_TRC_BT709;
  codec.colorspace = AVCOL_SPC_BT709;
  codec.chroma_sample_location = AVCHROMA_LOC_LEFT;
}

/// superfast switches macroblock-tree rate control off, which makes its files 1.8 times as large; a short
/// look-ahead brings it back at no cost in time (measured: same size and quality as veryfast, 1.5 times faster).
std::string x264_parameters(const std::string& preset) {
  return preset == "superfast" || preset == "ultrafast" ? "mbtree=1:rc-lookahead=10" : "";
}

/// The cap, or the mean that two passes meet.
void set_rate(const VideoRecipe& recipe, AVCodecContext& codec) {
  if (recipe.target_bit_rate_bps) codec.bit_rate = *recipe.target_bit_rate_bps;
  if (!recipe.max_bit_rate_bps) return;
  codec.rc_max_rate = *recipe.max_bit_rate_bps;
  codec.rc_buffer_size = static_cast<int>(std::min<std::int64_t>(2 * *recipe.max_bit_rate_bps, INT32_MAX));
}

AVDictionary* x264_options(const VideoRecipe& recipe, AVCodecContext& codec, const EncodePass* pass) {
  AVDictionary* options = nullptr;
  av_dict_set(&options, "preset", recipe.preset.c_str(), 0);
  av_dict_set(&options, "profile", "high", 0);
  if (!recipe.target_bit_rate_bps) av_dict_set(&options, "crf", fmt::format("{:.1f}", recipe.crf).c_str(), 0);
  if (pass != nullptr) {
    codec.flags |= pass->number == 1 ? AV_CODEC_FLAG_PASS1 : AV_CODEC_FLAG_PASS2;
    av_dict_set(&options, "stats", pass->stats_file.c_str(), 0);
  }
  const std::string extra = x264_parameters(recipe.preset);
  if (!extra.empty()) av_dict_set(&options, "x264-params", extra.c_str(), 0);
  return options;
}

/// What looks clean at any content: some 0.15 bits a pixel, under the cap.
std::int64_t usual_bit_rate_bps(const VideoRecipe& recipe) {
  const double pixels = static_cast<double>(recipe.canvas.width_px) * recipe.canvas.height_px;
  const auto rate = static_cast<std::int64_t>(0.15 * pixels * recipe.frame_rate.value());
  return std::min(rate, recipe.max_bit_rate_bps.value_or(rate));
}

/// Frames come from memory, in 4:2:0 of three planes.
Status require_usable(const AVCodec& codec) {
  for (const AVPixelFormat* format = codec.pix_fmts; format != nullptr && *format != AV_PIX_FMT_NONE; ++format) {
    if (codec.id == AV_CODEC_ID_H264 && *format == AV_PIX_FMT_YUV420P) return {};
  }
  Error error;
  error.code = ErrorCode::kUnsupportedInput;
  error.message = fmt::format("--encoder {}: it is no H.264 encoder that takes 4:2:0 frames from memory", codec.name);
  error.fix = "libx264, or one such as h264_nvenc";
  return fail(std::move(error));
}

}  // namespace

Result<Encoder> Encoder::make(const char* name) {
  const AVCodec* codec = avcodec_find_encoder_by_name(name);
  if (codec == nullptr) {
    Error error;
    error.code = ErrorCode::kUnsupportedInput;
    error.message = fmt::format("this FFmpeg has no encoder called {}", name);
    error.fix = "`tokprep doctor` lists what is there";
    return fail(std::move(error));
  }
  Encoder encoder;
  encoder.codec_.reset(avcodec_alloc_context3(codec));
  if (!encoder.codec_) return av_error(AVERROR(ENOMEM), "open the encoder");
  return encoder;
}

Status Encoder::open(AVDictionary* options) {
  const char* name = codec_->codec->name;  // gone from the context once opening has failed
  const int ret = avcodec_open2(codec_.get(), nullptr, &options);
  const AVDictionaryEntry* unused = av_dict_get(options, "", nullptr, AV_DICT_IGNORE_SUFFIX);
  const std::string misspelt = unused != nullptr ? unused->key : "";
  av_dict_free(&options);
  if (ret < 0) return av_error(ret, fmt::format("open the {} encoder", name));
  if (!misspelt.empty()) return fail(ErrorCode::kInternal, "the encoder knows no option '" + misspelt + "'");
  return {};
}

Result<Encoder> Encoder::h264(const VideoRecipe& recipe, int threads, const EncodePass* pass) {
  const bool x264 = recipe.encoder == kX264;
  TOKPREP_ASSIGN(Encoder encoder, make(recipe.encoder.c_str()));
  AVCodecContext& codec = *encoder.codec_;
  if (!x264) TOKPREP_TRY(require_usable(*codec.codec));
  codec.width = recipe.canvas.width_px;
  codec.height = recipe.canvas.height_px;
  codec.pix_fmt = AV_PIX_FMT_YUV420P;
  codec.sample_aspect_ratio = {1, 1};
  codec.framerate = {static_cast<int>(recipe.frame_rate.num), static_cast<int>(recipe.frame_rate.den)};
  codec.time_base = av_inv_q(codec.framerate);
  codec.gop_size = std::max(1, static_cast<int>(std::floor(kMaxKeyGapSeconds * recipe.frame_rate.value())));
  codec.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
  codec.thread_count = threads;
  tag_bt709(codec);
  set_rate(recipe, codec);
  if (!x264) return open_other(std::move(encoder), recipe);
  TOKPREP_TRY(encoder.open(x264_options(recipe, codec, pass)));
  return encoder;
}

/// With everything left to the encoder but what every H.264 encoder knows.
Result<Encoder> Encoder::open_other(Encoder encoder, const VideoRecipe& recipe) {
  AVCodecContext& codec = *encoder.codec_;
  codec.profile = FF_PROFILE_H264_HIGH;
  if (codec.bit_rate == 0) codec.bit_rate = usual_bit_rate_bps(recipe);
  auto opened = encoder.open(nullptr);
  if (opened) return encoder;
  Error error = std::move(opened).error();
  error.code = ErrorCode::kUnsupportedInput;
  error.message = fmt::format("--encoder {}: it does not work on this machine ({})", recipe.encoder, error.message);
  error.fix = "leave --encoder away; libx264 works everywhere";
  return fail(std::move(error));
}

Result<Encoder> Encoder::aac(const AudioRecipe& recipe) {
  TOKPREP_ASSIGN(Encoder encoder, make("aac"));
  AVCodecContext& codec = *encoder.codec_;
  codec.sample_fmt = AV_SAMPLE_FMT_FLTP;
  codec.sample_rate = recipe.sample_rate_hz;
  codec.time_base = {1, recipe.sample_rate_hz};
  codec.bit_rate = recipe.bit_rate_bps;
  codec.profile = FF_PROFILE_AAC_LOW;
  codec.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_channel_layout_default(&codec.ch_layout, recipe.channels);
  TOKPREP_TRY(encoder.open(nullptr));
  return encoder;
}

Result<Encoder> Encoder::jpeg(int width_px, int height_px, int quality) {
  TOKPREP_ASSIGN(Encoder encoder, make("mjpeg"));
  AVCodecContext& codec = *encoder.codec_;
  codec.width = width_px;
  codec.height = height_px;
  codec.pix_fmt = AV_PIX_FMT_YUVJ420P;
  codec.color_range = AVCOL_RANGE_JPEG;
  codec.time_base = {1, 25};
  codec.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;  // bitexact: no writer's name in a comment
  // The quantiser scale runs from 1 (finest) to 31; five points of quality a step puts 90 at 3.
  codec.global_quality = FF_QP2LAMBDA * std::clamp(1 + (100 - quality) / 5, 1, 31);
  AVDictionary* options = nullptr;
  av_dict_set(&options, "huffman", "optimal", 0);
  TOKPREP_TRY(encoder.open(options));
  return encoder;
}

Status Encoder::push(const AVFrame* frame, const PacketSink& sink) {
  int ret = avcodec_send_frame(codec_.get(), frame);
  if (ret < 0) return av_error(ret, "encode");
  PacketPtr packet(av_packet_alloc());
  if (!packet) return av_error(AVERROR(ENOMEM), "encode");
  while (true) {
    ret = avcodec_receive_packet(codec_.get(), packet.get());
    if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF) return {};
    if (ret < 0) return av_error(ret, "encode");
    TOKPREP_TRY(sink(*packet));
    av_packet_unref(packet.get());
  }
}

}  // namespace tokprep::av
