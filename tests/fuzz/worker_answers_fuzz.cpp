// What a worker, in the hands of a hostile file, may write: lines of JSON, and in them every kind of result.
#include <unistd.h>

#include <array>

#include "base/line_channel.h"
#include "codecs/cover_search.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"
#include "pipeline/plan.h"
#include "pipeline/rules/rules.h"
#include "tests/fuzz/fuzz.h"

namespace tokprep {
namespace {

/// A probe is believed so far that it is judged and planned with.
void take_facts(const Json& result) {
  const auto info = parse_as<MediaInfo>(result, "the worker's answer");
  if (!info) return;
  const bool consistent = info->chosen_video < static_cast<int>(info->video.size()) &&
                          info->chosen_audio < static_cast<int>(info->audio.size());
  if (!consistent) return;  // refused by Workers::probe
  ConvertOptions options;
  options.too_long = TooLong::kSplit;
  options.too_short = TooShort::kHold;
  const auto findings = check(*info, built_in_rules());
  const auto decision = plan(*info, findings, built_in_rules(), options);
  if (decision) (void)to_line(Json(*decision));
  else fuzz::require(!decision.error().message.empty(), "a refusal says why");
  (void)to_line(Json(*info));
}

void take_line(const Json& line) {
  if (!line.is_object()) return;
  const Json result = line.value("result", Json());
  take_facts(result);
  (void)parse_as<TranscodeResult>(result, "");
  (void)parse_as<ThumbnailResult>(result, "");
  (void)parse_as<CoverSearchResult>(result, "");
  (void)parse_as<VerifyResult>(result, "");
  (void)parse_as<ImageResult>(result, "");
  const auto error = parse_as<Error>(line.value("error", Json()), "");
  if (error) (void)describe(*error);
}

}  // namespace
}  // namespace tokprep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  constexpr std::size_t kPipeBytes = 65536;
  std::array<int, 2> ends{};
  if (size > kPipeBytes || ::pipe(ends.data()) != 0) return 0;
  const bool written = ::write(ends[1], data, size) == static_cast<ssize_t>(size);
  ::close(ends[1]);
  LineChannel channel(ends[0], -1);
  while (written) {
    const auto line = channel.receive();
    if (!line || !*line) break;
    take_line(**line);
  }
  ::close(ends[0]);
  return 0;
}
