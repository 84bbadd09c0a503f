// The reader of MP4's index, and what is worked out from it before a sample is opened.
#include "codecs/mp4/mp4_index.h"
#include "codecs/mp4/source_movie.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  const std::string file = fuzz::file_of(fuzz::text_of(data, size));
  const auto index = mp4::read_index(file);
  if (!index) {
    fuzz::require(!index.error().message.empty(), "a refusal says why");
    return 0;
  }
  fuzz::require(index->file_size == size, "the size is the file's");
  (void)mp4::samples_outside_file(*index);
  for (const mp4::Track& track : index->tracks) {
    const auto times = mp4::presentation_times(track, *index);
    fuzz::require(!times || times->frames.size() <= 4'000'000, "frames are bounded");
    (void)mp4::presented_span(track, *index);
    (void)mp4::has_unusual_edits(track, *index);
    (void)mp4::is_cut_by_edits(track, *index);
  }
  const auto movie = mp4::SourceMovie::read(file);
  if (!movie) return 0;
  for (const mp4::Track& track : movie->index().tracks) (void)movie->parts(track.id);
  return 0;
}
