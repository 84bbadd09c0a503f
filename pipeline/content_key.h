#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/publish.h"

namespace tokprep {

/// The files of a post that go to the service, each with the SHA-256 of its bytes.
struct PostFile {
  OutputFile output;
  std::string sha256;
};
struct PostFiles {
  std::vector<PostFile> media;    ///< in order
  std::optional<PostFile> cover;  ///< only one that is to be uploaded
};

/// Picks and reads them. Errors: kInputUnreadable, kIo, kCancelled.
Result<PostFiles> post_files(const PublishRequest& request, const RunContext& run);

/// As the public `content_key`, for files that were read already.
std::string content_key(const PublishRequest& request, const PostFiles& files);

}  // namespace tokprep
