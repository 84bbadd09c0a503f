#include <string>

#include "codecs/av/handles.h"
#include "codecs/probe.h"

namespace tokprep {
namespace {

std::string version_text(unsigned version) {
  return std::to_string(AV_VERSION_MAJOR(version)) + "." + std::to_string(AV_VERSION_MINOR(version)) + "." +
         std::to_string(AV_VERSION_MICRO(version));
}

}  // namespace

void silence_libav() { av_log_set_level(AV_LOG_QUIET); }

Result<Json> describe_av() {
  Json encoders = Json::object();
  for (const char* name : {"libx264", "aac", "mjpeg"}) encoders[name] = avcodec_find_encoder_by_name(name) != nullptr;
  Json filters = Json::object();
  for (const char* name : {"zscale", "tonemap", "bwdif", "fps", "aresample"}) {
    filters[name] = avfilter_get_by_name(name) != nullptr;
  }
  return Json{{"worker", "av"},
              {"libraries",
               {{"ffmpeg", av_version_info()},
                {"libavformat", version_text(avformat_version())},
                {"libavcodec", version_text(avcodec_version())},
                {"libavfilter", version_text(avfilter_version())}}},
              {"encoders", encoders},
              {"filters", filters}};
}

}  // namespace tokprep
