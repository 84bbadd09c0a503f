#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/rational.h"

namespace tokprep {

/// What was measured of one file. Plain data: made by a worker, sent as JSON, judged by the pipeline.
///
/// Unknown stays unknown: an empty string or an empty optional, never 0. Times are microseconds (`_us`)
/// from the start of presentation, exact where libav's clock is; codec, format and colour names are FFmpeg's.
/// JSON field names are the member names.

enum class MediaKind { kVideo, kImage };
enum class HdrKind { kSdr, kPq, kHlg };
enum class FieldOrder { kUnknown, kProgressive, kTopFirst, kBottomFirst };
enum class IndexPlace { kUnknown, kFirst, kLast };
enum class OtherStreamKind { kAttachedPicture, kSubtitle, kData, kUndecodable };
enum class PrivateKind { kGps, kDevice, kOwner, kTime, kOther };

template <>
struct EnumNames<MediaKind> {
  static constexpr std::array kTable{std::pair{MediaKind::kVideo, std::string_view("video")},
                                     std::pair{MediaKind::kImage, std::string_view("image")}};
};
template <>
struct EnumNames<HdrKind> {
  static constexpr std::array kTable{std::pair{HdrKind::kSdr, std::string_view("sdr")},
                                     std::pair{HdrKind::kPq, std::string_view("pq")},
                                     std::pair{HdrKind::kHlg, std::string_view("hlg")}};
};
template <>
struct EnumNames<FieldOrder> {
  static constexpr std::array kTable{std::pair{FieldOrder::kUnknown, std::string_view("unknown")},
                                     std::pair{FieldOrder::kProgressive, std::string_view("progressive")},
                                     std::pair{FieldOrder::kTopFirst, std::string_view("top_first")},
                                     std::pair{FieldOrder::kBottomFirst, std::string_view("bottom_first")}};
};
template <>
struct EnumNames<IndexPlace> {
  static constexpr std::array kTable{std::pair{IndexPlace::kUnknown, std::string_view("unknown")},
                                     std::pair{IndexPlace::kFirst, std::string_view("first")},
                                     std::pair{IndexPlace::kLast, std::string_view("last")}};
};
template <>
struct EnumNames<OtherStreamKind> {
  static constexpr std::array kTable{std::pair{OtherStreamKind::kAttachedPicture, std::string_view("attached_picture")},
                                     std::pair{OtherStreamKind::kSubtitle, std::string_view("subtitle")},
                                     std::pair{OtherStreamKind::kData, std::string_view("data")},
                                     std::pair{OtherStreamKind::kUndecodable, std::string_view("undecodable")}};
};
template <>
struct EnumNames<PrivateKind> {
  static constexpr std::array kTable{std::pair{PrivateKind::kGps, std::string_view("gps")},
                                     std::pair{PrivateKind::kDevice, std::string_view("device")},
                                     std::pair{PrivateKind::kOwner, std::string_view("owner")},
                                     std::pair{PrivateKind::kTime, std::string_view("time")},
                                     std::pair{PrivateKind::kOther, std::string_view("other")}};
};

/// The box around the streams.
struct ContainerInfo {
  std::string format;  ///< one word: mp4 mov 3gp matroska webm mpegts mpegps avi flv ogg asf …; images: jpeg png …
  std::string format_name;  ///< FFmpeg's own list, e.g. "mov,mp4,m4a,3gp,3g2,mj2"
  std::string major_brand;  ///< ISO base media only, e.g. "isom", "qt  "
  std::vector<std::string> compatible_brands;
  IndexPlace index = IndexPlace::kUnknown;  ///< where moov stands relative to the samples
  bool fragmented = false;
  bool edit_lists = false;                           ///< any edit that is not "play all from the start"
  std::optional<std::int64_t> header_duration_us;    ///< what the header declares
  std::optional<std::int64_t> samples_outside_file;  ///< samples the index places past the end of the file
};

/// FFmpeg's names; empty is "not tagged".
struct ColourInfo {
  std::string range;            ///< "tv" (limited) or "pc" (full)
  std::string primaries;        ///< "bt709", "bt2020", "smpte432" (P3) …
  std::string transfer;         ///< "bt709", "smpte2084" (PQ), "arib-std-b67" (HLG) …
  std::string matrix;           ///< "bt709", "smpte170m", "bt2020nc", "gbr" …
  std::string chroma_location;  ///< "left", "center", "topleft" …
};

/// What the packet times say of one video stream.
struct FrameTiming {
  std::optional<std::int64_t> frames;  ///< frames that are presented
  std::optional<Rational> rate;  ///< the true rate as an exact fraction, snapped to a standard one when within 0.1 %
  bool constant = false;         ///< every gap equals 1/rate to within the clock's own rounding
  std::optional<std::int64_t> shortest_gap_us;
  std::optional<std::int64_t> longest_gap_us;
  std::optional<std::int64_t> longest_key_gap_us;  ///< the longest stretch between key frames, ends included
  /// Where the stream can be parted without decoding: times of key frames that nothing shown earlier follows in
  /// the file, counted from the first frame. Listed for streams longer than five minutes only, else empty.
  std::vector<std::int64_t> clean_starts_us;
};

struct VideoStreamInfo {
  int index = -1;
  bool is_default = false;
  std::string codec, profile, tag;  ///< tag: the four characters in the container, e.g. "avc1", "hvc1"
  std::optional<int> level;         ///< as the codec writes it: 41 for H.264 4.1, 123 for HEVC 4.1
  int coded_width_px = 0;           ///< as decoded: before cropping by us, sample aspect and rotation
  int coded_height_px = 0;
  int width_px = 0;  ///< as seen: square pixels, upright
  int height_px = 0;
  Rational sample_aspect{1, 1};
  int rotation_deg = 0;                           ///< 0, 90, 180, 270: clockwise turn that sets the picture upright
  bool mirrored = false;                          ///< also flip left to right, after the turn
  FieldOrder field_order = FieldOrder::kUnknown;  ///< as the frames show; the header's word where they do not tell
  bool telecine = false;  ///< film spread over interlaced frames (3:2 pulldown); `field_order` is that of the fields
  std::string pixel_format;
  std::optional<int> bit_depth;
  std::string chroma;  ///< "4:2:0", "4:2:2", "4:4:4", "rgb", "gray"
  bool alpha = false;
  ColourInfo colour;
  HdrKind hdr = HdrKind::kSdr;
  std::optional<int> dolby_vision_profile;
  /// An edit list leaves out frames that others are decoded from, or shows frames twice or at another speed: only
  /// decoding shows the stream as it is meant.
  bool cut_by_edits = false;
  FrameTiming timing;
  std::optional<std::int64_t> start_us;     ///< first presented frame, on the file's clock
  std::optional<std::int64_t> duration_us;  ///< from the first frame's start to the last frame's end
  std::optional<std::int64_t> bit_rate_bps;
};

struct AudioStreamInfo {
  int index = -1;
  bool is_default = false;
  std::string codec, profile, tag, language;
  std::optional<int> sample_rate_hz;
  std::optional<int> channels;
  std::string layout;         ///< "mono", "stereo", "5.1(side)" …
  bool cut_by_edits = false;  ///< an edit list leaves out more than an encoder's priming and padding
  std::optional<std::int64_t> start_us;
  std::optional<std::int64_t> duration_us;
  std::optional<std::int64_t> bit_rate_bps;
};

struct OtherStreamInfo {
  int index = -1;
  OtherStreamKind kind = OtherStreamKind::kData;
  std::string codec;
};

struct ImageInfo {
  int width_px = 0;  ///< as seen: upright
  int height_px = 0;
  int coded_width_px = 0;
  int coded_height_px = 0;
  int bands = 0;
  std::optional<int> bit_depth;  ///< per channel, as coded
  bool alpha = false;
  std::string colour_space;  ///< "srgb", "b-w", "cmyk", "rgb16", "grey16", …
  std::string icc_name;      ///< description of the embedded profile; empty if there is none
  HdrKind hdr = HdrKind::kSdr;
  int orientation = 1;  ///< EXIF 1–8
  int pages = 1;        ///< frames of an animation, pages of a document
};

/// That a piece of private metadata is there; never its value.
struct PrivateTag {
  PrivateKind kind = PrivateKind::kOther;
  std::string name;  ///< where it stands: "com.apple.quicktime.location.ISO6709", "exif GPSLatitude", …
};

struct MediaInfo {
  MediaKind kind = MediaKind::kVideo;
  std::uint64_t size_bytes = 0;
  ContainerInfo container;
  std::optional<std::int64_t> start_us;     ///< earliest presented sample of all streams, on the file's clock
  std::optional<std::int64_t> duration_us;  ///< measured from packets; the header's only where packets say nothing
  std::vector<VideoStreamInfo> video;       ///< real video only; covers are in `other`
  std::vector<AudioStreamInfo> audio;
  std::vector<OtherStreamInfo> other;
  int chosen_video = -1;           ///< place in `video` (not the stream index) of the one to use; -1: none
  int chosen_audio = -1;           ///< place in `audio`
  std::optional<ImageInfo> image;  ///< stills only
  std::vector<PrivateTag> private_metadata;
  std::vector<std::string> notes;  ///< sentences for people: what is odd about the file

  [[nodiscard]] const VideoStreamInfo* chosen_video_stream() const {
    return chosen_video < 0 ? nullptr : &video.at(static_cast<std::size_t>(chosen_video));
  }
  [[nodiscard]] const AudioStreamInfo* chosen_audio_stream() const {
    return chosen_audio < 0 ? nullptr : &audio.at(static_cast<std::size_t>(chosen_audio));
  }
};

void to_json(nlohmann::json& json, const MediaInfo& info);
void from_json(const nlohmann::json& json, MediaInfo& info);

}  // namespace tokprep
