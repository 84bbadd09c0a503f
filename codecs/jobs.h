#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/rational.h"
#include "codecs/cover_search.h"
#include "codecs/media_info.h"

namespace tokprep {

/// The jobs a worker takes and the results it gives. Plain data with a JSON form whose field names are the
/// member names: the same structs are a C++ call inside the worker and a line on its pipe.
///
/// Paths are absolute or relative to the worker's folder. A worker writes straight to `output`; the caller
/// gives it the path of a `PendingFile`, so that nothing gets its final name before it was judged.

enum class StreamAction { kCopy, kEncode, kNone };
enum class Fit { kAuto, kPad, kCrop, kBlur };
enum class ImageFormat { kJpeg, kWebp };

template <>
struct EnumNames<StreamAction> {
  static constexpr std::array kTable{std::pair{StreamAction::kCopy, std::string_view("copy")},
                                     std::pair{StreamAction::kEncode, std::string_view("encode")},
                                     std::pair{StreamAction::kNone, std::string_view("none")}};
};
template <>
struct EnumNames<Fit> {
  static constexpr std::array kTable{
      std::pair{Fit::kAuto, std::string_view("auto")}, std::pair{Fit::kPad, std::string_view("pad")},
      std::pair{Fit::kCrop, std::string_view("crop")}, std::pair{Fit::kBlur, std::string_view("blur")}};
};
template <>
struct EnumNames<ImageFormat> {
  static constexpr std::array kTable{std::pair{ImageFormat::kJpeg, std::string_view("jpeg")},
                                     std::pair{ImageFormat::kWebp, std::string_view("webp")}};
};

/// An opaque colour under or around pictures, 8 bits a channel, sRGB.
struct Rgb {
  int r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

struct Size {
  int width_px = 0;
  int height_px = 0;
  bool operator==(const Size&) const = default;
};

/// What a still may ask for. Judged from its header: what asks for more is refused before anything is decoded.
struct StillLimits {
  std::int64_t max_pixels = 268'435'456;          ///< 16384 x 16384
  std::int64_t max_frames = 10'000;               ///< pages, or frames of an animation
  std::int64_t max_memory_bytes = 1'000'000'000;  ///< that its decoder must hold at once
  bool operator==(const StillLimits&) const = default;
};

struct ProbeJob {
  std::string input;
  StillLimits limits = {};  ///< of stills
};

/// One shown frame as an upright, square-pixel SDR JPEG. What the source is like comes from its facts.
struct ThumbnailJob {
  std::string input;
  std::string output;
  int stream_index = -1;
  bool deinterlace = false;
  int rotation_deg = 0;  ///< clockwise
  bool mirror = false;
  HdrKind hdr = HdrKind::kSdr;
  ColourInfo colour;   ///< every gap filled
  bool alpha = false;  ///< the source has transparency; it is laid over `background`
  Rgb background{255, 255, 255};
  Size picture;                             ///< of the JPEG, upright
  std::int64_t start_us = 0;                ///< file time of presentation time 0: the source's `MediaInfo::start_us`
  std::int64_t at_us = 0;                   ///< counted from the start of presentation
  std::optional<std::int64_t> duration_us;  ///< measured, where known: offsets at or past it are refused
  int quality = 90;
};

struct ThumbnailResult {
  std::int64_t taken_at_us = 0;  ///< presentation time of the frame that was used
  int width_px = 0;
  int height_px = 0;
  std::uint64_t size_bytes = 0;
  std::optional<FrameLook> look;  ///< of the frame alone: whether it is `fading` is not known
};

/// How the picture is made. Steps in this order: undo telecine or deinterlace, lay over `background`, scale to
/// `picture`, tone-map, turn upright and mirror, place on `canvas`, bring to `frame_rate`.
struct VideoRecipe {
  StreamAction action = StreamAction::kNone;
  int stream_index = -1;
  bool tag_bt709 = false;  ///< for kCopy: write the missing bt709/limited tags into the H.264 or HEVC headers
  bool deinterlace = false;
  FieldOrder fields = FieldOrder::kUnknown;  ///< which field comes first; kUnknown: as each frame says of itself
  bool detelecine = false;                   ///< film in interlaced video: whole film frames are put together again
  bool alpha = false;                        ///< the source has transparency; it is laid over `background`
  Rgb background{255, 255, 255};
  int rotation_deg = 0;  ///< clockwise
  bool mirror = false;
  Fit fit = Fit::kPad;  ///< kPad, kCrop or kBlur; kAuto is decided before
  Size picture;         ///< the whole picture, upright and square, after scaling; for kCrop it covers the canvas
  Size canvas;          ///< the output's size; equals `picture` where nothing is padded or cropped
  Rgb pad_color;
  HdrKind hdr = HdrKind::kSdr;  ///< of the source; PQ and HLG are tone-mapped to SDR bt709
  ColourInfo colour;            ///< of the source with every gap filled: what the pixels are taken to be
  Rational frame_rate{30, 1};   ///< of the output, constant
  std::string encoder = "libx264";
  double crf = 18;
  std::string preset = "superfast";
  std::optional<std::int64_t> max_bit_rate_bps;     ///< VBV cap
  std::optional<std::int64_t> target_bit_rate_bps;  ///< mean rate, met by two passes; then `crf` has no say
};

struct AudioRecipe {
  StreamAction action = StreamAction::kNone;
  int stream_index = -1;  ///< with kEncode, -1 makes silence as long as the picture
  int sample_rate_hz = 48000;
  int channels = 2;
  std::int64_t bit_rate_bps = 160000;
  std::optional<double> loudness_lufs;  ///< programme loudness (EBU R 128) to bring the sound to, by one linear gain
  double true_peak_limit_dbtp = -1;     ///< the gain never lifts the true peak above this
};

/// Video in, MP4 out: each stream copied, encoded or dropped. Index in front; metadata dropped unless kept.
struct TranscodeJob {
  std::string input;
  std::string output;
  VideoRecipe video;
  AudioRecipe audio;
  bool keep_metadata = false;
  std::int64_t start_us = 0;  ///< file time that becomes 0: the source's `MediaInfo::start_us`, or where a part begins
  std::optional<std::int64_t> end_us;      ///< trim: nothing at or after this time from the start
  std::optional<std::int64_t> hold_to_us;  ///< hold the last frame (and silence) until this long
  std::optional<std::int64_t> loop_to_us;  ///< play again from the start, and again, until this long
  std::int64_t source_duration_us = 0;     ///< of one turn; needed with `loop_to_us`
  std::int64_t expected_duration_us = 0;   ///< for progress only; 0: unknown
  std::optional<ThumbnailJob> cover;  ///< taken from the frames decoded anyway; its `input` and `start_us` are ignored
  bool seek = false;                  ///< `start_us` is well inside the file: begin reading at the key frame before
  bool compare = false;               ///< decode the finished file at once and compare sampled frames with the source's
  int threads = 0;                    ///< 0: the codec's choice
};

/// How alike the output is to the source seen through the same geometry and colour: SSIM of the luma, 1 is identical.
struct Likeness {
  int samples = 0;  ///< frames compared, spread over the whole
  double ssim_mean = 1;
  double ssim_min = 1;
  std::int64_t ssim_min_at_us = 0;  ///< the frame that came off worst
};

/// What was heard while sound was encoded.
struct SoundMeasure {
  std::optional<double> loudness_lufs;   ///< of the source; empty where it was not asked for, or all is below the gate
  std::optional<double> true_peak_dbtp;  ///< of the source, with the loudness
  double gain_db = 0;                    ///< what was applied
  std::optional<double> peak_dbfs;       ///< highest sample handed to the encoder; empty: digital silence
  std::int64_t clipped_samples = 0;      ///< at full scale, three and more in a row
  int unplaced_channels = 0;             ///< so many channels, without word of where each belongs: two were taken
};

/// Judges a finished MP4 from the inside.
struct VerifyJob {
  std::string input;
  bool decode_video = false;  ///< decode every frame, not only follow the index
  bool decode_audio = false;  ///< every sample likewise
};

struct VerifyResult {
  std::int64_t video_packets = 0;
  std::int64_t audio_packets = 0;
  std::int64_t video_frames = 0;  ///< decoded
  std::int64_t audio_samples = 0;
  std::int64_t video_decode_errors = 0;  ///< packets or frames the decoder reported as damaged
  std::int64_t audio_decode_errors = 0;
  std::int64_t video_duration_us = 0;  ///< sum of packet durations
  std::int64_t audio_duration_us = 0;
  std::optional<std::int64_t> video_start_us;  ///< presentation time of the first frame
  std::optional<std::int64_t> audio_start_us;
};

struct TranscodeResult {
  std::uint64_t size_bytes = 0;
  std::int64_t video_frames_in = 0;   ///< decoded (0 when copied)
  std::int64_t video_frames_out = 0;  ///< written
  std::int64_t audio_samples_out = 0;
  std::int64_t decode_errors = 0;      ///< packets or frames the decoders reported as damaged
  std::int64_t damaged_frames = 0;     ///< of the picture: concealed by the decoder, or lost
  std::int64_t longest_freeze_us = 0;  ///< longest stretch of the encoded picture without a frame of the source
  std::optional<SoundMeasure> sound;
  std::optional<Likeness> likeness;
  std::optional<VerifyResult> verified;  ///< with `compare`
  std::optional<ThumbnailResult> cover;
  std::vector<std::string> notes;
};

/// Any still in, JPEG or WebP out.
struct ImageJob {
  std::string input;
  std::string output;
  ImageFormat format = ImageFormat::kJpeg;
  Size max_size{1080, 1920};   ///< upright box; the planner turns it for landscape pictures; never enlarged
  Size min_size{0, 0};         ///< smaller pictures are enlarged to it (covers only)
  std::optional<Size> canvas;  ///< upright; the picture is brought to exactly this size, enlarged where it takes that
  Fit fit = Fit::kPad;         ///< how it gets to the canvas: kPad, kCrop (around what draws the eye) or kBlur
  Rgb pad_color{0, 0, 0};      ///< of the bars of kPad
  std::uint64_t max_bytes = 20'000'000;
  int quality = 90;
  Rgb background{255, 255, 255};  ///< under transparent pictures
  bool copy = false;              ///< keep the coded picture; only private metadata goes (JPEG only)
  bool keep_metadata = false;
  StillLimits limits = {};
};

struct ImageResult {
  int width_px = 0;
  int height_px = 0;
  std::uint64_t size_bytes = 0;
  int quality = 0;  ///< 0 when copied
  std::vector<std::string> notes;
};

void to_json(nlohmann::json& json, const Rgb& value);
void from_json(const nlohmann::json& json, Rgb& value);
void to_json(nlohmann::json& json, const Size& value);
void from_json(const nlohmann::json& json, Size& value);
void to_json(nlohmann::json& json, const ColourInfo& value);
void from_json(const nlohmann::json& json, ColourInfo& value);
void to_json(nlohmann::json& json, const StillLimits& value);
void from_json(const nlohmann::json& json, StillLimits& value);
void to_json(nlohmann::json& json, const ProbeJob& value);
void from_json(const nlohmann::json& json, ProbeJob& value);
void to_json(nlohmann::json& json, const ThumbnailJob& value);
void from_json(const nlohmann::json& json, ThumbnailJob& value);
void to_json(nlohmann::json& json, const ThumbnailResult& value);
void from_json(const nlohmann::json& json, ThumbnailResult& value);
void to_json(nlohmann::json& json, const VideoRecipe& value);
void from_json(const nlohmann::json& json, VideoRecipe& value);
void to_json(nlohmann::json& json, const AudioRecipe& value);
void from_json(const nlohmann::json& json, AudioRecipe& value);
void to_json(nlohmann::json& json, const TranscodeJob& value);
void from_json(const nlohmann::json& json, TranscodeJob& value);
void to_json(nlohmann::json& json, const TranscodeResult& value);
void from_json(const nlohmann::json& json, TranscodeResult& value);
void to_json(nlohmann::json& json, const VerifyJob& value);
void from_json(const nlohmann::json& json, VerifyJob& value);
void to_json(nlohmann::json& json, const Likeness& value);
void from_json(const nlohmann::json& json, Likeness& value);
void to_json(nlohmann::json& json, const SoundMeasure& value);
void from_json(const nlohmann::json& json, SoundMeasure& value);
void to_json(nlohmann::json& json, const VerifyResult& value);
void from_json(const nlohmann::json& json, VerifyResult& value);
void to_json(nlohmann::json& json, const ImageJob& value);
void from_json(const nlohmann::json& json, ImageJob& value);
void to_json(nlohmann::json& json, const ImageResult& value);
void from_json(const nlohmann::json& json, ImageResult& value);

}  // namespace tokprep
