#include "pipeline/cli/schema.h"

#include <array>

namespace tokprep::cli {

std::span<const PublishedSchema> published_schemas() {
  static constexpr std::array kSchemas = {
      PublishedSchema{"manifest", "one line of a manifest: prepare --manifest, post --manifest", manifest_schema},
      PublishedSchema{"post", "a sidecar: NAME.post.json", post_schema},
      PublishedSchema{"certificate", "what stands beside the outputs: NAME.tokprep.json", certificate_schema},
      PublishedSchema{"events", "one line of --json", events_schema}};
  return kSchemas;
}

}  // namespace tokprep::cli
