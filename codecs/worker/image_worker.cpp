// tokprep-image-worker: opens stills. Loads libvips and never libav; has no network and no key.
#include <cstdio>

#include "codecs/image.h"
#include "codecs/worker/worker_loop.h"

int main(int argc, char** argv) {
  if (const tokprep::Status started = tokprep::start_vips(); !started) {
    std::fprintf(stderr, "tokprep-image-worker: %s\n", started.error().message.c_str());
    return 1;
  }
  return tokprep::run_worker(argc, argv,
                             {{"describe", [](const auto&, const auto&) { return tokprep::describe_vips(); }},
                              {"probe", tokprep::handler_of(tokprep::probe_image)},
                              {"convert", tokprep::handler_of(tokprep::convert_image)}});
}
