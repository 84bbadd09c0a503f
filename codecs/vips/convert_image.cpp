#include <fmt/format.h>

#include <algorithm>

#include "base/file_descriptor.h"
#include "codecs/image.h"
#include "codecs/output_file.h"
#include "codecs/vips/copyright.h"
#include "codecs/vips/encode_still.h"
#include "codecs/vips/jpeg_strip.h"
#include "codecs/vips/render_still.h"
#include "codecs/vips/vips_call.h"

namespace tokprep {
namespace {

using still::StillFile;

/// Copying trusts the coded picture, so it is decoded once: a damaged one must not be handed on.
Result<std::string> copyright_if_it_decodes(const StillFile& file, const RunContext& run) {
  constexpr int kEighth = 8;  // reads every bit of the file, but makes few pixels
  TOKPREP_ASSIGN(const vips::VImage image, still::load_still(file, run, kEighth));
  return still::vips_call(run, ErrorCode::kCorruptInput, "cannot decode", file.path, [&] {
    image.avg();
    return still::copyright_of(file, image);
  });
}

void note_copyright(const std::string& text, ImageResult& result) {
  if (!text.empty()) result.notes.push_back("copyright kept: " + text);
}

Result<ImageResult> copy_jpeg(const StillFile& file, const ImageJob& job, const RunContext& run) {
  if (file.format != "jpeg" || job.format != ImageFormat::kJpeg) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} cannot be kept as it is: only JPEG can", job.input));
  }
  TOKPREP_ASSIGN(const std::string copyright, copyright_if_it_decodes(file, run));
  TOKPREP_ASSIGN(const std::string bytes, read_head(job.input, file.size_bytes));
  TOKPREP_ASSIGN(still::StrippedJpeg stripped, still::strip_jpeg(bytes, job.input));
  const std::string kept = job.keep_metadata ? bytes : still::jpeg_with_copyright(std::move(stripped.bytes), copyright);
  TOKPREP_TRY(write_output(job.output, kept));
  ImageResult result;
  result.width_px = stripped.size.width_px;
  result.height_px = stripped.size.height_px;
  result.size_bytes = kept.size();
  if (!job.keep_metadata && !stripped.removed.empty()) result.notes.push_back("removed: " + stripped.removed);
  if (!job.keep_metadata) note_copyright(copyright, result);
  return result;
}

Result<ImageResult> encode_anew(const StillFile& file, const ImageJob& job, const RunContext& run) {
  TOKPREP_ASSIGN(still::RenderedStill rendered, still::render_still(file, job, run));
  run.report("convert", 0.5);
  const std::string copyright = job.keep_metadata ? "" : rendered.copyright;
  ImageJob bare = job;  // what is encoded leaves room for the notice
  bare.max_bytes -= std::min<std::uint64_t>(bare.max_bytes, still::copyright_bytes(copyright));
  TOKPREP_ASSIGN(still::EncodedStill encoded, still::encode_still(rendered.picture, bare, run));
  encoded.bytes = job.format == ImageFormat::kJpeg ? still::jpeg_with_copyright(std::move(encoded.bytes), copyright)
                                                   : still::webp_with_copyright(encoded.bytes, encoded.size, copyright);
  TOKPREP_TRY(write_output(job.output, encoded.bytes));
  ImageResult result;
  result.width_px = encoded.size.width_px;
  result.height_px = encoded.size.height_px;
  result.size_bytes = encoded.bytes.size();
  result.quality = encoded.quality;
  result.notes = std::move(rendered.notes);
  if (encoded.quality < std::clamp(job.quality, 1, 100)) {
    result.notes.push_back(fmt::format("quality {} to fit the byte limit", encoded.quality));
  }
  if (encoded.lossless) result.notes.emplace_back("lossless, which is smaller here");
  note_copyright(copyright, result);
  if (encoded.made_smaller) result.notes.emplace_back("made smaller to fit the byte limit");
  return result;
}

}  // namespace

Result<ImageResult> convert_image(const ImageJob& job, const RunContext& run) {
  TOKPREP_TRY(run.check_stop());
  TOKPREP_ASSIGN(const StillFile file, still::open_still(job.input, job.limits));
  TOKPREP_ASSIGN(ImageResult result, job.copy ? copy_jpeg(file, job, run) : encode_anew(file, job, run));
  run.report("convert", 1.0);
  return result;
}

}  // namespace tokprep
