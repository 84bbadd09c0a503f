#include "codecs/jobs.h"

#include "base/json.h"

namespace tokprep {

TOKPREP_JSON(Rgb, r, g, b)
TOKPREP_JSON(Size, width_px, height_px)
TOKPREP_JSON(StillLimits, max_pixels, max_frames, max_memory_bytes)
TOKPREP_JSON(ProbeJob, input, limits)
TOKPREP_JSON(ThumbnailJob, input, output, stream_index, deinterlace, rotation_deg, mirror, hdr, colour, alpha,
             background, picture, start_us, at_us, duration_us, quality)
TOKPREP_JSON(ThumbnailResult, taken_at_us, width_px, height_px, size_bytes, look)
TOKPREP_JSON(VideoRecipe, action, stream_index, tag_bt709, deinterlace, fields, detelecine, alpha, background,
             rotation_deg, mirror, fit, picture, canvas, pad_color, hdr, colour, frame_rate, encoder, crf, preset,
             max_bit_rate_bps, target_bit_rate_bps)
TOKPREP_JSON(AudioRecipe, action, stream_index, sample_rate_hz, channels, bit_rate_bps, loudness_lufs,
             true_peak_limit_dbtp)
TOKPREP_JSON(TranscodeJob, input, output, video, audio, keep_metadata, start_us, end_us, hold_to_us, loop_to_us,
             source_duration_us, expected_duration_us, cover, seek, compare, threads)
TOKPREP_JSON(Likeness, samples, ssim_mean, ssim_min, ssim_min_at_us)
TOKPREP_JSON(SoundMeasure, loudness_lufs, true_peak_dbtp, gain_db, peak_dbfs, clipped_samples, unplaced_channels)
TOKPREP_JSON(VerifyJob, input, decode_video, decode_audio)
TOKPREP_JSON(VerifyResult, video_packets, audio_packets, video_frames, audio_samples, video_decode_errors,
             audio_decode_errors, video_duration_us, audio_duration_us, video_start_us, audio_start_us)
TOKPREP_JSON(TranscodeResult, size_bytes, video_frames_in, video_frames_out, audio_samples_out, decode_errors,
             damaged_frames, longest_freeze_us, sound, likeness, verified, cover, notes)
TOKPREP_JSON(ImageJob, input, output, format, max_size, min_size, canvas, fit, pad_color, max_bytes, quality,
             background, copy, keep_metadata, limits)
TOKPREP_JSON(ImageResult, width_px, height_px, size_bytes, quality, notes)

}  // namespace tokprep
