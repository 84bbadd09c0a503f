#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/enum_names.h"
#include "codecs/jobs.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {

enum class TooLong { kRefuse, kTrim, kSplit };
enum class TooShort { kRefuse, kHold, kLoop };
enum class TooMany { kRefuse, kSplit };
enum class CanvasKind {
  kByFit,  ///< kAuto where `fit` asks to fill a canvas, else kOff
  kOff,    ///< each picture keeps its shape
  kAuto,   ///< of the permitted shapes the nearest to the pictures
  kShape,
  kSize
};
enum class Quality { kSmall, kStandard, kBest };
/// How a finished video is judged before it gets its name: kAuto decodes what was encoded and follows the
/// index of what was copied; kFull decodes everything; kOff is for benchmarks.
enum class VerifyDepth { kOff, kAuto, kFull };

template <>
struct EnumNames<TooLong> {
  static constexpr std::array kTable{std::pair{TooLong::kRefuse, std::string_view("refuse")},
                                     std::pair{TooLong::kTrim, std::string_view("trim")},
                                     std::pair{TooLong::kSplit, std::string_view("split")}};
};
template <>
struct EnumNames<TooShort> {
  static constexpr std::array kTable{std::pair{TooShort::kRefuse, std::string_view("refuse")},
                                     std::pair{TooShort::kHold, std::string_view("hold")},
                                     std::pair{TooShort::kLoop, std::string_view("loop")}};
};
template <>
struct EnumNames<CanvasKind> {
  static constexpr std::array kTable{
      std::pair{CanvasKind::kByFit, std::string_view("by fit")}, std::pair{CanvasKind::kOff, std::string_view("off")},
      std::pair{CanvasKind::kAuto, std::string_view("auto")}, std::pair{CanvasKind::kShape, std::string_view("shape")},
      std::pair{CanvasKind::kSize, std::string_view("size")}};
};
template <>
struct EnumNames<TooMany> {
  static constexpr std::array kTable{std::pair{TooMany::kRefuse, std::string_view("refuse")},
                                     std::pair{TooMany::kSplit, std::string_view("split")}};
};
template <>
struct EnumNames<Quality> {
  static constexpr std::array kTable{std::pair{Quality::kSmall, std::string_view("small")},
                                     std::pair{Quality::kStandard, std::string_view("standard")},
                                     std::pair{Quality::kBest, std::string_view("best")}};
};
template <>
struct EnumNames<VerifyDepth> {
  static constexpr std::array kTable{std::pair{VerifyDepth::kOff, std::string_view("off")},
                                     std::pair{VerifyDepth::kAuto, std::string_view("auto")},
                                     std::pair{VerifyDepth::kFull, std::string_view("full")}};
};

/// The one size that all pictures of a photo post are brought to.
struct PhotoCanvas {
  CanvasKind kind = CanvasKind::kByFit;
  Ratio shape = {};  ///< with kShape
  Size size = {};    ///< with kSize: exactly this
  bool operator==(const PhotoCanvas&) const = default;
};

/// How much of a damaged picture may be missing or concealed: whichever of the two is more.
struct MaxLoss {
  double seconds = 0.5;
  double share = 0.02;  ///< of the whole
  bool operator==(const MaxLoss&) const = default;
};

/// What the user may choose about conversion; every default does what most want.
struct ConvertOptions {
  Fit fit = Fit::kAuto;
  Rgb pad_color{0, 0, 0};
  std::optional<Size> max_size;  ///< a box the output must stay inside, upright; turned for landscape pictures
  ImageFormat image_format = ImageFormat::kJpeg;
  PhotoCanvas canvas;
  std::optional<std::uint64_t> max_bytes;  ///< of a picture, below the service's own limit
  TooMany too_many = TooMany::kRefuse;     ///< images for one post
  TooLong too_long = TooLong::kRefuse;
  TooShort too_short = TooShort::kRefuse;
  std::optional<double> loudness_lufs;  ///< empty: leave the level alone
  Rgb background{255, 255, 255};        ///< under transparent pictures and videos
  bool keep_metadata = false;
  std::optional<std::int64_t> thumbnail_offset_ms;  ///< cover of a video; empty: 0
  bool thumbnail_auto = false;  ///< look for a good frame instead; then `thumbnail_offset_ms` is empty
  Quality quality = Quality::kStandard;
  std::string preset;              ///< x264's; empty: what `quality` implies
  std::string encoder;             ///< FFmpeg's name of an H.264 encoder; empty: libx264
  std::optional<double> min_ssim;  ///< encode again, finer, where a sampled frame falls below
  std::optional<int> audio_track;  ///< which sound, counted from 1; empty: the default one
  bool silent_audio = false;       ///< give silence to a video without sound
  MaxLoss max_loss;
  VerifyDepth verify = VerifyDepth::kAuto;
  bool link = false;  ///< a video that is kept as it is becomes a hard link to its source where that can be
  bool operator==(const ConvertOptions&) const = default;
};

}  // namespace tokprep
