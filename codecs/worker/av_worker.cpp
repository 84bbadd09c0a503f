// tokprep-av-worker: opens videos. Loads libav and never libvips; has no network and no key.
#include "codecs/find_cover.h"
#include "codecs/probe.h"
#include "codecs/thumbnail.h"
#include "codecs/transcode.h"
#include "codecs/verify.h"
#include "codecs/worker/worker_loop.h"

int main(int argc, char** argv) {
  tokprep::silence_libav();  // what matters comes back as typed errors
  return tokprep::run_worker(argc, argv,
                             {{"describe", [](const auto&, const auto&) { return tokprep::describe_av(); }},
                              {"probe", tokprep::handler_of(tokprep::probe_video)},
                              {"transcode", tokprep::handler_of(tokprep::transcode)},
                              {"thumbnail", tokprep::handler_of(tokprep::extract_thumbnail)},
                              {"find_cover", tokprep::handler_of(tokprep::find_cover)},
                              {"verify", tokprep::handler_of(tokprep::verify_video)}});
}
