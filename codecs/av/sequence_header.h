#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/rational.h"

namespace tokprep::av {

/// What the sequence parameter set of H.264 or HEVC says of every picture of a stream. Numbers are the codec's
/// own code points (ITU-T H.264, H.265 and H.273); -1 and "unspecified" are what the set leaves out.
struct SequenceHeader {
  static constexpr int kUnspecified = 2;  // H.273

  int profile_idc = 0;
  int constraints = 0;    ///< H.264: the byte of constraint flags, set 0 highest
  int level_idc = 0;      ///< as the codec writes it: 41 for H.264 4.1, 123 for HEVC 4.1
  int chroma_format = 1;  ///< 0 gray, 1 4:2:0, 2 4:2:2, 3 4:4:4
  bool separate_planes = false;
  int luma_bits = 8;
  int chroma_bits = 8;
  int width_px = 0;  ///< after cropping
  int height_px = 0;
  bool cropped_by_display_window = false;  ///< HEVC: a second crop, which decoders leave to the player

  bool has_vui = false;            ///< what follows down to `chroma_location` is in it
  Rational sample_aspect{0, 1};    ///< {0, 1}: not told
  std::optional<bool> full_range;  ///< told only with the video's signal type
  bool has_colour = false;
  int primaries = kUnspecified;
  int transfer = kUnspecified;
  int matrix = kUnspecified;
  int chroma_location = -1;  ///< 0 left, 1 centre, 2 top left …; -1: not told

  bool may_interlace = true;    ///< fields may be coded, or frames made of two
  std::optional<int> reorders;  ///< how many pictures may be decoded before one that is shown earlier
};

/// Reads one sequence parameter set, a NAL unit with its header (H.264 type 7, HEVC type 33). Nothing for
/// what is none, is cut, or holds what the standard forbids. Never reads past `nal_unit`; time is bounded by its size.
std::optional<SequenceHeader> parse_h264_sps(std::string_view nal_unit);
std::optional<SequenceHeader> parse_hevc_sps(std::string_view nal_unit);

/// The one set in the decoder configuration of a container (the body of an avcC or hvcC box, Matroska's
/// CodecPrivate). Nothing where there is none or more than one: which of them a picture uses, only its slices say.
std::optional<SequenceHeader> parse_avcc(std::string_view configuration);
std::optional<SequenceHeader> parse_hvcc(std::string_view configuration);

/// The same for H.264 in any container: a record such as the above, or NAL units behind start codes.
std::optional<SequenceHeader> parse_h264_configuration(std::string_view configuration);

}  // namespace tokprep::av
