#include "pipeline/content_key.h"

#include "base/digest.h"
#include "base/json.h"

namespace tokprep {
namespace {

/// What the post will look like, without when it goes out and what only the service sees.
PostOptions visible(const PublishRequest& request) {
  PostOptions options = request.options;
  if (request.offset_is_chosen) options.thumbnail_offset_ms.reset();
  options.schedule_date.reset();
  options.validate_scheduled.reset();
  options.requires_approval.reset();
  options.idempotency_key.reset();
  options.notes.reset();
  return options;
}

}  // namespace

Result<PostFiles> post_files(const PublishRequest& request, const RunContext& run) {
  const bool wants_cover = request.cover_is_own && !request.options.thumbnail_url;
  PostFiles files;
  for (const OutputFile& output : request.outputs) {
    const bool is_cover = output.role == "cover";
    if (is_cover && !wants_cover) continue;
    TOKPREP_ASSIGN(std::string sha256, sha256_of_file(output.path, run));
    if (is_cover) files.cover = PostFile{output, std::move(sha256)};
    else files.media.push_back({output, std::move(sha256)});
  }
  return files;
}

std::string content_key(const PublishRequest& request, const PostFiles& files) {
  std::string text = "tokprep post 1\n";  // the form of what follows: another form, another number
  for (const std::string& digest : request.source_digests) text += "source " + digest + "\n";
  if (request.source_digests.empty()) {
    for (const PostFile& file : files.media) text += "media " + file.sha256 + "\n";
    if (files.cover) text += "cover " + files.cover->sha256 + "\n";
  }
  // The caption and every option under the service's names, sorted: equal options give equal text.
  text += to_line(post_body(visible(request), {}, request.subject.is_video));
  return sha256_of(text);
}

Result<std::string> content_key(const PublishRequest& request, const RunContext& run) {
  TOKPREP_ASSIGN(const PostFiles files, post_files(request, run));
  return content_key(request, files);
}

}  // namespace tokprep
