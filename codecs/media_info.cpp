#include "codecs/media_info.h"

#include "base/json.h"

namespace tokprep {

// The parts' JSON forms are needed here only; with external linkage so that nlohmann finds them by ADL.
TOKPREP_JSON(ContainerInfo, format, format_name, major_brand, compatible_brands, index, fragmented, edit_lists,
             header_duration_us, samples_outside_file)
TOKPREP_JSON(ColourInfo, range, primaries, transfer, matrix, chroma_location)
TOKPREP_JSON(FrameTiming, frames, rate, constant, shortest_gap_us, longest_gap_us, longest_key_gap_us, clean_starts_us)
TOKPREP_JSON(VideoStreamInfo, index, is_default, codec, profile, tag, level, coded_width_px, coded_height_px, width_px,
             height_px, sample_aspect, rotation_deg, mirrored, field_order, telecine, pixel_format, bit_depth, chroma,
             alpha, colour, hdr, dolby_vision_profile, cut_by_edits, timing, start_us, duration_us, bit_rate_bps)
TOKPREP_JSON(AudioStreamInfo, index, is_default, codec, profile, tag, language, sample_rate_hz, channels, layout,
             cut_by_edits, start_us, duration_us, bit_rate_bps)
TOKPREP_JSON(OtherStreamInfo, index, kind, codec)
TOKPREP_JSON(ImageInfo, width_px, height_px, coded_width_px, coded_height_px, bands, bit_depth, alpha, colour_space,
             icc_name, hdr, orientation, pages)
TOKPREP_JSON(PrivateTag, kind, name)
TOKPREP_JSON(MediaInfo, kind, size_bytes, container, start_us, duration_us, video, audio, other, chosen_video,
             chosen_audio, image, private_metadata, notes)

}  // namespace tokprep
