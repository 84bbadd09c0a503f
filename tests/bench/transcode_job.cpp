// usage: tokprep_job '{"input":"a.mkv","output":"b.mp4","video":{"action":"copy","stream_index":0},"audio":{…}}'
//
// One job of the video worker by itself, for the benches: what the work costs without the cover, the digests and the
// certificate that `prepare` makes as well. The fields are those of TranscodeJob.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "codecs/probe.h"
#include "codecs/transcode.h"

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: tokprep_job JOB, a TranscodeJob as JSON\n", stderr);
    return 2;
  }
  const auto job = tokprep::parse_json(words[1], "the job");
  if (!job) {
    std::fprintf(stderr, "%s\n", job.error().message.c_str());
    return 2;
  }
  tokprep::silence_libav();
  const auto result = tokprep::transcode(job->get<tokprep::TranscodeJob>(), tokprep::RunContext{});
  if (!result) {
    std::fprintf(stderr, "%s\n", tokprep::describe(result.error()).c_str());
    return 1;
  }
  std::puts(tokprep::Json(*result).dump().c_str());
  return 0;
}
